"""`digits compile`: from a config to a file that a back end takes."""

from pathlib import Path

from kubeflow.containers import PLACES, require
from kubeflow.spec_file import CompiledPipeline, suffix_for, write_whole
from pipeline.config.config import Config
from pipeline.run.log_file import logged_to
from vocabulary.errors import UserError


def compile_to_file(config: Config, target: str, output: Path, *, check: bool) -> None:
    """Compiles, checks if `check` is set, writes the file and prints what was written.

    Raises UserError if the config lacks what the target needs, the file is named for another
    target, or the check finds that the target would refuse it; nothing is written then.
    """
    if output.suffix != suffix_for(target):
        raise UserError(
            f"--output {output}: the file for {target} must end in {suffix_for(target)}, or its "
            f"client takes it for another kind"
        )
    require(config.kubeflow, *PLACES)  # before TFX is imported
    with logged_to():
        from kubeflow.admission.check import RULES
        from kubeflow.compiler import compile_pipeline

        compiled = (compile_checked if check else compile_pipeline)(config, target)
    write_whole(output, compiled.text())
    rules = sum(target in rule.targets for rule in RULES)
    print(f"{output}: {len(compiled.spec['components'])} components for {target}")
    if check:
        print(f"{rules} rules of the back end hold")


def compile_checked(config: Config, target: str) -> CompiledPipeline:
    """The compiled pipeline, checked against the rules of its target.

    Raises UserError if the config lacks what the target needs, or the target would refuse it.
    """
    from kubeflow.admission.check import problems
    from kubeflow.compiler import compile_pipeline

    compiled = compile_pipeline(config, target)
    refusals = problems(compiled, target)
    if refusals:
        raise UserError("\n".join([f"{target} would refuse this pipeline:", *refusals]))
    return compiled
