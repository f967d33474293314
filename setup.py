"""The package, its console script, and what Beam workers install (`--setup_file`)."""

from setuptools import setup

PACKAGES = [
    "components",
    "components.bulk_inferrer",
    "components.champion",
    "components.digit_example_gen",
    "components.digit_example_gen.sources",
    "components.digit_schema_gen",
    "components.distribution_validator",
    "components.evaluator",
    "components.example_validator",
    "components.infra_validator",
    "components.pusher",
    "components.report",
    "components.report.figures",
    "components.report.sections",
    "configs",
    "evaluation",
    "kubeflow",
    "pipeline",
    "serving",
    "trainer",
    "trainer.models",
    "vocabulary",
]

setup(
    name="digit-localizer",
    version="0.1.0",
    description="A production TFX pipeline that finds and reads digits in pictures.",
    license="Apache-2.0",
    python_requires="==3.11.*",
    packages=PACKAGES,
    package_data={
        "configs": ["*.yaml"],
        "components.digit_schema_gen": ["*.pbtxt"],
        "components.report": ["templates/*"],
        "pipeline": ["*.json"],
        "serving": ["page/*"],
    },
    extras_require={"tensorboard": ["tensorboard"]},
    entry_points={"console_scripts": ["digits=pipeline.cli:app"]},
)
