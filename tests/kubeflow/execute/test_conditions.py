"""Conditions: those that TFX compiles are evaluated, broken ones refused."""

from typing import Any

import pytest
from tfx.dsl.components.base.base_component import BaseComponent

from components.champion.component import Champion
from kubeflow.execute.conditions import holds
from vocabulary.errors import UserError

BLESSED = "inputs.artifacts['blessing'].artifacts[0].metadata['blessed']"
INPUTS: dict[str, Any] = {
    "artifacts": {
        "blessing": {"artifacts": [{"uri": "gs://b/x", "metadata": {"blessed": 1.0, "s": "a&&b"}}]}
    },
    "parameter_values": {"n": 3.0},
}


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (f"({BLESSED} == 1.0)", True),
        (f"({BLESSED} > 1.0)", False),
        (f"!(({BLESSED} == 1.0))", False),
        (f"({BLESSED} != 1.0)", False),
        (f"(({BLESSED} == 1.0) && (inputs.parameter_values['n'] < 3.0))", False),
        (f"(({BLESSED} == 2.0) || (inputs.parameter_values['n'] >= 3.0))", True),
        ("(inputs.artifacts['blessing'].artifacts[0].metadata['s'] == 'a&&b')", True),
        ("((inputs.artifacts['blessing'].artifacts[0].uri + '/y') == 'gs://b/x/y')", True),
        (f"({BLESSED} == 1)", True),
        ("size(inputs.artifacts) == 1", True),
        ("true", True),
    ],
)
def test_condition_is_evaluated(condition: str, truth: bool) -> None:
    assert holds(condition, INPUTS) is truth


@pytest.mark.parametrize(
    "condition",
    [
        "inputs.artifacts['other'].artifacts[0].uri == ''",
        "inputs.artifacts['blessing'].artifacts[1].uri == ''",
        f"{BLESSED} + 'x' == 2",
        "1 +",
        "__import__('os')",
        "'true'",
    ],
)
def test_condition_without_an_answer_is_a_sentence_that_names_it(condition: str) -> None:
    with pytest.raises(
        UserError, match=r"^the condition .* (cannot be evaluated|is neither)"
    ) as it:
        holds(condition, INPUTS)
    assert condition in str(it.value)
    assert len(str(it.value).splitlines()) == 1


def test_condition_as_tfx_compiles_it_is_evaluated(configure: Any) -> None:
    from tfx.dsl.experimental.conditionals import conditional
    from tfx.orchestration import pipeline
    from tfx.orchestration.kubeflow.v2 import pipeline_builder

    from pipeline.dag import create_components

    components: dict[str, BaseComponent] = {
        c.id: c for c in create_components(configure(), serving_dir="/s", checkpoint_dir="/c")
    }
    blessing = components["Evaluator"].outputs["blessing"].future()[0]
    with conditional.Cond(blessing.custom_property("blessed") == 1):
        last = Champion(candidate=components["Trainer"].outputs["model"], destination="/s").with_id(
            "Last"
        )
    spec = pipeline_builder.PipelineBuilder(
        tfx_pipeline=pipeline.Pipeline("p", "root", components=[*components.values(), last]),
        default_image="image",
        use_pipeline_spec_2_1=True,
    ).build()
    condition = spec.root.dag.tasks["Last"].trigger_policy.condition
    (key,) = set(spec.root.dag.tasks["Last"].inputs.artifacts) - {"candidate"}
    for truth in (True, False):
        artifact = {"metadata": {"blessed": float(truth)}}
        assert holds(condition, {"artifacts": {key: {"artifacts": [artifact]}}}) is truth
