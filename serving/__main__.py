"""`python -m serving`: the server, for whoever starts it as a process of its own."""

import typer

from serving.command import ServingCommand, serve
from vocabulary.parent import end_with_parent

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command(cls=ServingCommand)(serve)
end_with_parent()
app()
