"""The commands of `digits`, as their help has them."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from cli.app import app


def text() -> str:
    """A section for each command, in the order of `digits --help`."""
    group: Any = get_command(app)
    context = group.context_class(group, info_name="digits")
    return "\n".join(
        line for name in group.list_commands(context) for line in _section(group, context, name)
    )


def _section(group: Any, context: Any, name: str) -> Iterator[str]:
    command = group.commands[name]
    own = command.context_class(command, info_name=name, parent=context)
    usage = " ".join(command.collect_usage_pieces(own))
    yield f"## digits {name}\n\n```text\ndigits {name} {usage}\n```\n"
    yield f"{_unwrapped(command.help or '')}\n"
    yield "| argument or option | what it is |\n|---|---|"
    for parameter in command.get_params(own):
        if record := _record(parameter, own):
            names, meaning = record
            yield f"| `{names}` | {_cell(meaning)} |"
    yield ""


def _record(parameter: Any, context: Any) -> tuple[str, str] | None:
    record = parameter.get_help_record(context)
    if record or parameter.name == "help":
        return record and (record[0].replace("|", " or "), record[1])
    return parameter.human_readable_name, getattr(parameter, "help", None) or ""


def _unwrapped(text: str) -> str:
    paragraphs = text.replace("\b", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
