"""Flags in the spelling of `tensorflow_model_server`: `--flag=true` and `--flag=false` too."""

from typing import Any

from typer.core import TyperCommand


class ServingCommand(TyperCommand):
    """A command whose options of yes or no may be given a value after `=`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the arguments; `--flag=false` is `--no-flag`."""
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
