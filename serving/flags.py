"""Flags in the spelling of `tensorflow_model_server`: `--max_running=4`, `--flag=false`."""

from typing import Any

from typer.core import TyperCommand


class ServingCommand(TyperCommand):
    """A command whose flags have underscores; boolean ones accept `=true` and `=false`."""

    def __init__(self, *args: Any, params: list[Any], **settings: Any):
        for param in params:
            for flags, dashes in ((param.opts, "--"), (param.secondary_opts, "--no-")):
                flags[:] = [dashes + flag[len(dashes) :].replace("-", "_") for flag in flags]
        super().__init__(*args, params=params, **settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses the arguments, with `--flag=false` as `--no-flag`."""
        switches = {
            f"{spelling}={value}": spellings[0]
            for parameter in self.params
            for value, spellings in (
                ("true", parameter.opts),
                ("false", parameter.secondary_opts),
            )
            for spelling in parameter.opts
            if spellings and getattr(parameter, "is_flag", False)
        }
        return super().parse_args(ctx, [switches.get(arg, arg) for arg in args])
