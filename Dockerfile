# Margin on a CPU: API, workers and scheduler are this one image with different commands.
FROM python:3.11-slim-bookworm AS build

# The address of PyTorch's own index of builds without CUDA makes the image a tenth of the size; empty, it has CUDA.
ARG TORCH_INDEX=
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

RUN python -m venv /opt/margin && /opt/margin/bin/python -m pip install pip==26.1
WORKDIR /build
COPY constraints.txt ./
# --no-deps: that index holds PyTorch, not the locked versions of what PyTorch needs.
RUN if [ -n "$TORCH_INDEX" ]; then /opt/margin/bin/python -m pip install --no-deps -c constraints.txt \
        --index-url "$TORCH_INDEX" torch torchvision; fi
COPY pyproject.toml README.md LICENSE ./
COPY ml ml
COPY service service
COPY workers workers
RUN /opt/margin/bin/python -m pip install -c constraints.txt ".[postgres,lite,approximate,mlflow]"


FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 1000 margin && install -d -o margin -g margin /data
COPY --from=build /opt/margin /opt/margin
ENV PATH=/opt/margin/bin:$PATH MARGIN_DATA=/data HF_HOME=/data/huggingface PYTHONUNBUFFERED=1

USER margin
WORKDIR /home/margin
VOLUME /data
EXPOSE 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9090/live', timeout=3)"]
CMD ["margin", "up", "--host", "0.0.0.0", "--port", "9090"]
