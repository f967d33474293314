"""`digits compile`: from a config to a file that a back end takes."""

import tempfile
from pathlib import Path

from kubeflow.containers import require_places
from kubeflow.spec_file import suffix_for, write_compiled
from pipeline.config import Config
from pipeline.errors import UserError
from pipeline.log_file import logged_to


def compile_to_file(config: Config, target: str, output: Path, *, check: bool) -> None:
    """Compiles, checks if asked, writes the file and says so on standard output.

    Raises:
        UserError: if the config lacks what the target needs, the file is named for another target,
            or the check finds that the target would refuse it; nothing is written then.
    """
    if output.suffix != suffix_for(target):
        raise UserError(
            f"--output {output}: the file for {target} must end in {suffix_for(target)}, or its "
            f"client takes it for another kind"
        )
    require_places(config.kubeflow)  # before TFX is imported
    with (
        tempfile.NamedTemporaryFile(suffix=".log") as log,
        logged_to(Path(log.name), verbose=False),
    ):
        from kubeflow.admission import RULES, problems
        from kubeflow.compiler import compile_pipeline

        compiled = compile_pipeline(config, target)
        found = problems(compiled, target) if check else []
    if found:
        raise UserError("\n".join([f"{target} would refuse this pipeline:", *found]))
    write_compiled(compiled, output)
    rules = sum(target in rule.targets for rule in RULES)
    print(f"{output}: {len(compiled.spec['components'])} components for {target}")
    if check:
        print(f"{rules} rules of the back end hold")
