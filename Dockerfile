# The image of all that runs in containers; `make image` builds it. Targets:
#   pipeline  the steps of a compiled pipeline, and `digits` for anything else
#   beam      workers of Beam's runners
#   serving   `digits serve`
# A trainer for GPUs is `make image LOCK=requirements-gpu.lock`, with CUDA's libraries, and one for TPUs
# `make image LOCK=requirements-tpu.lock`: the newest TensorFlow for TPUs is older than the one that the
# rest has.

# Debian trixie has glibc 2.41, so that TFX 1.21 and what it asks for install without overrides.
ARG BASE=docker.io/library/python:3.11-slim-trixie
ARG BEAM=docker.io/apache/beam_python3.11_sdk:2.77.0

FROM ${BEAM} AS boot

FROM ${BASE} AS libraries
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
ARG LOCK=requirements-image.lock
# pyfarmhash, which TFDV asks for, comes as C++ alone. Debian keeps no old versions to pin.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY ${LOCK} locked.txt
# What is not needed to run goes: C++ headers of TensorFlow, the Clang and the completion that TFX's
# notebooks ask for, tests. The code has a folder of its own, so that a change of it is a small layer.
RUN python -m venv /opt/digits \
 && /opt/digits/bin/pip install --no-deps --require-hashes -r locked.txt \
 && /opt/digits/bin/pip uninstall --yes jedi jupyterlab-widgets libclang widgetsnbextension \
 && rm -r /opt/digits/lib/python3.11/site-packages/tensorflow/include \
 && find /opt/digits -name tests -type d -path "*/site-packages/*/tests" -prune -exec rm -rf {} + \
 && echo /opt/code > /opt/digits/lib/python3.11/site-packages/code.pth

FROM libraries AS code
COPY . .
RUN /opt/digits/bin/pip install --no-deps --no-build-isolation --target /opt/code .

FROM ${BASE} AS pipeline
# Beam's `boot` ends with a panic where the user has no name.
RUN groupadd --gid 65532 digits \
 && useradd --uid 65532 --gid digits --home-dir /tmp --no-create-home digits
COPY --from=libraries /opt/digits /opt/digits
COPY --from=code /opt/code /opt/code
# Nothing is installed at run time; what libraries want to keep at home goes where anyone may write.
# GKE and Vertex AI mount a GPU's driver at that folder, which NVIDIA's own images name likewise.
ENV PATH=/opt/code/bin:/opt/digits/bin:${PATH} \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    LD_LIBRARY_PATH=/usr/local/nvidia/lib64 \
    PYTHONUNBUFFERED=1 \
    RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1
# By number: Kubernetes cannot tell whether a name is root.
USER 65532:65532
WORKDIR /tmp

FROM pipeline AS beam
COPY --from=boot /opt/apache/beam /opt/apache/beam
ENTRYPOINT ["/opt/apache/beam/boot"]

FROM pipeline AS serving
EXPOSE 8500 8501
# Of itself it would listen to nobody outside of the container.
ENTRYPOINT ["digits", "serve", "--host", "0.0.0.0"]
