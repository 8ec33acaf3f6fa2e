"""Types that callers of the docker SDK import; none of them means anything to a plain process."""


class Ulimit(dict):
    pass


class Mount(dict):
    pass
