"""Reads as much of a Dockerfile as a plain process needs: the files it copies, its environment, directory and command.

RUN is not run here. In a Dockerfile of FlaskImage.fromSource() the steps of the build stage are recorded, and `source_environment` runs
them. In others `python_environment` does what RUN usually does for a Flask app: it installs requirements.
"""
import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

_VARIABLE = re.compile(r"\\(?P<escaped>\$)|\$(?:\{(?P<braced>\w+)(?::-(?P<default>[^}]*))?\}|(?P<bare>\w+))")
_HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']?")


class DockerfileError(Exception):
    """A Dockerfile that cannot run as a plain process, with the reason."""


@dataclass
class Stage:
    """One stage: its file tree on disk and what its instructions set."""

    root: Path
    env: dict = field(default_factory=dict)
    arguments: dict = field(default_factory=dict)
    workdir: str = "/"
    command: list = field(default_factory=list)
    entrypoint: list = field(default_factory=list)
    base: str = ""
    #: What was copied from the context and run, in order.
    steps: list = field(default_factory=list)

    def inside(self, path):
        """A path of the image as a path on this machine."""
        absolute = path if path.startswith("/") else f"{self.workdir.rstrip('/')}/{path}"
        return self.root / absolute.lstrip("/")

    def expand(self, text):
        values = {**self.arguments, **self.env}

        def value(match):
            if match["escaped"]:
                return "$"
            return values.get(match["braced"] or match["bare"]) or match["default"] or ""

        return _VARIABLE.sub(value, text)


#: The first line of a Dockerfile that FlaskImage.fromSource() made.
FROM_SOURCE = "# cdk-flask-fargate: built from source"


@dataclass
class Copy:
    """Files of the context that a stage takes: pairs of a file here and its place in the image."""

    files: list


@dataclass
class Run:
    """A command of a stage, as it would run."""

    command: str
    env: dict
    workdir: str


def is_from_source(dockerfile):
    return Path(dockerfile).read_text(encoding="utf-8").startswith(FROM_SOURCE)


def build(dockerfile, context, trees, arguments, target=None):
    """The last stage (or the one named) of a Dockerfile, its file tree below the folder `trees`."""
    return stages_of(dockerfile, context, trees, arguments, target)[-1]


def stages_of(dockerfile, context, trees, arguments, target=None):
    """The stages of a Dockerfile, up to the last one or the one named."""
    stages, names, stage, before_from = [], {}, None, dict(arguments)
    for keyword, rest in _instructions(Path(dockerfile).read_text(encoding="utf-8")):
        if keyword == "FROM":
            if target and stage and names.get(target) is stage:
                break
            stage = _start_stage(rest, names, trees / str(len(stages)), before_from)
            stages.append(stage)
            names[str(len(stages) - 1)] = stage
        elif stage is None:
            if keyword == "ARG":
                key, _, default = rest.partition("=")
                before_from.setdefault(key.strip(), _unquote(default))
        else:
            _apply(stage, keyword, rest, context, names, before_from)
    if stage is None:
        raise DockerfileError("it has no FROM")
    if target and names.get(target) is not stage:
        raise DockerfileError(f"it has no stage {target!r}")
    return stages


def _instructions(text):
    """(keyword, rest) of each instruction: comments dropped, continued lines joined, here-documents left out."""
    pending, end_of_heredoc = "", None
    for line in text.splitlines():
        if end_of_heredoc:
            end_of_heredoc = None if line.strip() == end_of_heredoc else end_of_heredoc
            continue
        if line.strip().startswith("#") or not line.strip():
            continue
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        keyword, _, rest = pending.partition(" ")
        pending = ""
        heredoc = _HEREDOC.search(rest) if keyword.upper() in ("RUN", "COPY") else None
        end_of_heredoc = heredoc[1] if heredoc else None
        yield keyword.upper(), rest.strip()


def _start_stage(rest, names, root, arguments):
    words = [word for word in rest.split() if not word.startswith("--")]
    parent = names.get(words[0].lower())
    root.mkdir(parents=True)
    stage = Stage(root, base=Stage(root, arguments=dict(arguments)).expand(words[0]))
    if parent:
        shutil.copytree(parent.root, root, dirs_exist_ok=True)
        stage = Stage(root, dict(parent.env), {}, parent.workdir, list(parent.command), list(parent.entrypoint))
    if len(words) == 3 and words[1].upper() == "AS":
        names[words[2].lower()] = stage
    return stage


def _apply(stage, keyword, rest, context, names, given):
    if keyword == "ARG":
        key, _, default = rest.partition("=")
        stage.arguments[key.strip()] = given.get(key.strip(), stage.expand(_unquote(default)))
    elif keyword == "ENV":
        for key, value in _assignments(rest):
            stage.env[key] = stage.expand(value)
    elif keyword == "WORKDIR":
        path = stage.expand(_unquote(rest))
        stage.workdir = path if path.startswith("/") else f"{stage.workdir.rstrip('/')}/{path}"
        stage.inside(stage.workdir).mkdir(parents=True, exist_ok=True)
    elif keyword in ("COPY", "ADD"):
        _copy(stage, rest, context, names)
    elif keyword == "RUN":
        command = " ".join(word for word in rest.split(" ") if not word.startswith("--mount="))
        stage.steps.append(Run(command, {**stage.arguments, **stage.env}, stage.workdir))
    elif keyword == "CMD":
        stage.command = _exec_form(rest)
    elif keyword == "ENTRYPOINT":
        # As in Docker: a new entrypoint forgets the command set before it.
        stage.entrypoint, stage.command = _exec_form(rest), []


def _assignments(rest):
    """`A=1 B="two words"` and the old form `A some words`."""
    words = shlex.split(rest)
    if words and "=" not in words[0]:
        key, _, value = rest.partition(" ")
        return [(key, value.strip())]
    return [tuple(word.split("=", 1)) for word in words]


def _copy(stage, rest, context, names):
    flags = [word for word in shlex.split(rest) if word.startswith("--")]
    words = json.loads(rest[rest.index("["):]) if "[" in rest else [w for w in shlex.split(rest) if not w.startswith("--")]
    source_name = next((flag.split("=", 1)[1] for flag in flags if flag.startswith("--from=")), None)
    *sources, destination = [stage.expand(word) for word in words]
    if source_name:
        other = names.get(source_name.lower())
        base = other.root if other else None  # another image: nothing of it is on this machine
    else:
        base = Path(context)
    if base is None:
        return
    target = stage.inside(destination)
    copied = []
    for source in sources:
        matches = sorted(base.glob(source.strip("/"))) if source.strip("/.") else [base]
        if not matches and not source_name:
            raise DockerfileError(f"it copies {source!r}, which is not in {context}")
        for match in matches:
            if match.is_dir():
                shutil.copytree(match, target, dirs_exist_ok=True, symlinks=True)
                copied += [(path, target / path.relative_to(match)) for path in sorted(match.rglob("*")) if path.is_file() or path.is_symlink()]
            else:
                into_folder = destination.endswith(("/", "/.", ".")) or len(sources) > 1 or target.is_dir()
                to = target / match.name if into_folder else target
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(match, to)
                copied.append((match, to))
    if not source_name:
        stage.steps.append(Copy([(path, "/" + str(to.relative_to(stage.root))) for path, to in copied]))


def _exec_form(rest):
    if rest.startswith("["):
        return json.loads(rest)
    return ["/bin/sh", "-c", rest]


def _unquote(text):
    return " ".join(shlex.split(text)) if text else ""
