"""The JSON service on a Ray cluster: replicas of a model behind one address (Ray Serve).

    serve run msra_ner.serving.ray_serve:build_application models=runs/bert replicas=2

It answers what ``msra-ner demo`` answers, the page included. Requests of one model share batches
within a replica, and ``/metrics`` are those of the replica that was asked.
"""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field
from ray import serve

from msra_ner.serving.limits import Limits

if TYPE_CHECKING:
    from fastapi import FastAPI


class ServeSettings(BaseModel):
    """What is served, as ``NAME=VALUE`` behind ``serve run`` or ``args:`` in a file of it.

    Attributes:
        models: Folders that all machines of the cluster have, or Hub names, with commas between.
        replicas: Copies of the service.
        cores: Processor cores of a replica; it computes with as many threads.
        gpus: GPUs of a replica; a part lets several share one.
        precision: As in ``Tagger.from_pretrained``, and so is ``batch_tokens``.
        min_score: As ``--min_score`` of the demo: 0.5, or PER=0.8,LOC=0.5.
        dictionary: File of terms on all machines, as ``--dictionary`` of the demo.
        api_key_file: File of keys on all machines, of which a request has to bring one.
    """

    model_config = ConfigDict(extra="forbid")

    models: str
    replicas: int = Field(1, ge=1)
    cores: int = Field(1, ge=1)
    gpus: float = Field(0, ge=0)
    precision: str | None = None
    batch_tokens: int | None = None
    min_score: str | None = None
    dictionary: str | None = None
    api_key_file: str | None = None


class TaggingReplica:
    """A copy of the service; Ray starts another where it cannot tag any more."""

    app: "FastAPI"  # what Ray keeps of the app that was built here

    def check_health(self) -> None:
        """Raise where the thread of a model has died."""
        if died := [name for name, queue in self.app.state.queues.items() if queue.died]:
            raise RuntimeError(f"{died[0]}: found its thread dead, expected it to tag")


def build_application(settings: ServeSettings) -> serve.Application:
    """Return the service as an application of Ray Serve; models are loaded by its replicas."""

    def build() -> "FastAPI":
        from msra_ner.hardware import use_cpu_threads
        from msra_ner.inference import parse_min_score, read_dictionary
        from msra_ner.serving import describe_models, load_taggers, make_app, read_keys

        use_cpu_threads(settings.cores)
        device = None if settings.gpus else "cpu"
        models = settings.models.split(",")
        lowest = None if settings.min_score is None else parse_min_score(settings.min_score)
        terms = read_dictionary(settings.dictionary) if settings.dictionary else None
        taggers = load_taggers(
            *(models, device, settings.precision, settings.batch_tokens, lowest, terms)
        )
        keys = read_keys(settings.api_key_file) if settings.api_key_file else ()
        return make_app(taggers, keys=keys, about=describe_models(models))

    resources: dict[str, Any] = {"num_cpus": settings.cores, "num_gpus": settings.gpus}
    make_deployment: Any = serve.deployment  # whose types leave out a class that ingress made
    deployment: serve.Deployment = make_deployment(
        serve.ingress(build)(TaggingReplica),
        name="msra-ner",
        num_replicas=settings.replicas,
        ray_actor_options=resources,
        # Those that wait in a replica share its batches; Ray's five would leave none to share.
        max_ongoing_requests=Limits().waiting,
    )
    return deployment.bind()
