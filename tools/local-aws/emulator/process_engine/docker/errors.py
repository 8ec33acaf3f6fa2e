"""The errors of the docker SDK that the emulator catches by name."""


class DockerException(Exception):
    pass


class APIError(DockerException):
    explanation = None


class NotFound(APIError):
    pass


class ImageNotFound(NotFound):
    pass


class ContainerError(DockerException):
    pass
