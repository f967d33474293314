"""Keeps TFX, Beam and TFMA from loading what no command uses: half of the time to start a run."""

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

_UNUSED: Final = (
    "IPython.display",
    "apache_beam.io.mongodbio",  # loads PyMongo
    "tensorflow_model_analysis.metrics.rouge",  # NLTK
    "tensorflow_model_analysis.view.widget_view",  # ipywidgets, which loads IPython
    "tfx.components.infra_validator.model_server_runners.kubernetes_runner",  # Kubernetes' client
    "tqdm.notebook",  # ipywidgets
)


def leave_out_unused_modules() -> None:
    """Puts empty modules in their place for the rest of this process, and loads Keras late.

    TensorFlow would load Keras, and with it scikit-learn and Matplotlib's pyplot; told to use the
    older one, which TFMA and TensorFlow Transform load anyway, it leaves Keras to those that train.
    The package `tfx.components` would load all components of TFX, and KerasTuner: its modules are
    found without it. TFX's compiler for Kubeflow and Vertex asks it for names, and gets it then.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    for name in _UNUSED:
        sys.modules.setdefault(name, _Empty(name))
    tfx = find_spec("tfx")
    if tfx and tfx.submodule_search_locations:
        components = _Deferred("tfx.components")
        components.__path__ = [f"{place}/components" for place in tfx.submodule_search_locations]
        sys.modules.setdefault(components.__name__, components)


class _Empty(ModuleType):
    """A module in which every name is None."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


class _Deferred(ModuleType):
    """A package that is loaded no sooner than it is asked for a name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(self.__name__, None)
        return getattr(import_module(self.__name__), name)
