"""BulkInferrer: TFX's; the blessed model reads whole splits, and what it reads becomes tf.Examples.

Off unless `bulk_inference` names splits. Other pictures are for `digits predict --beam`.
"""

from collections.abc import Sequence

from tfx import types
from tfx.components.bulk_inferrer import component
from tfx.proto import bulk_inferrer_pb2

from vocabulary import features, signatures
from vocabulary.task.answers import Answers
from vocabulary.task.find import task_part
from vocabulary.task.options import TaskBase


class BulkInferrer(component.BulkInferrer):
    """TFX's component, told which signature to ask and where its outputs go.

    Outputs:
        output_examples: standard_artifacts.Examples; each example as it was, with the outputs of
            the model as `prediction/NAME`. Holds nothing if the model is not blessed.
    """

    def __init__(
        self,
        *,
        examples: types.BaseChannel,
        model: types.BaseChannel,
        blessing: types.BaseChannel,
        splits: Sequence[str],
        task: TaskBase,
    ):
        """Reads `splits` of `examples` with `model`, if `blessing` says that it is good enough.

        `task` is what the model was trained for: its outputs are written.
        """
        answers: Answers = task_part(task.kind, "answers")
        columns = [
            bulk_inferrer_pb2.PredictOutputCol(
                output_key=name, output_column=features.prediction(name)
            )
            for name in answers.outputs(task.classes)
        ]
        output = bulk_inferrer_pb2.OutputColumnsSpec(
            predict_output=bulk_inferrer_pb2.PredictOutput(output_columns=columns)
        )
        super().__init__(
            examples=examples,
            model=model,
            model_blessing=blessing,
            data_spec=bulk_inferrer_pb2.DataSpec(example_splits=splits),
            model_spec=bulk_inferrer_pb2.ModelSpec(model_signature_name=[signatures.EXAMPLES]),
            output_example_spec=bulk_inferrer_pb2.OutputExampleSpec(output_columns_spec=[output]),
        )
