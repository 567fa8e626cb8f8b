"""How the input of a job is cut into parts, and what the job is known by."""

from pathlib import Path

from msra_ner import __version__
from msra_ner.errors import ArgumentsError
from msra_ner.inference.jobs.identity import identify_files, identify_model, identify_terms
from msra_ner.inference.jobs.input import cut_parts
from msra_ner.inference.jobs.job import PlannedJob, TagJob
from msra_ner.inference.jobs.places import is_address
from msra_ner.inference.jobs.stored_job import StoredJob

MOST_PARTS = 10_000  # files in one folder


def plan_job(job: TagJob) -> PlannedJob:
    """Cut the input of a job into parts.

    Raises:
        ArgumentsError: A file cannot be read, or the output would take its place.
    """
    files = identify_files(job.files)
    for file in job.files:
        _check_apart(job, file)
    size = max(job.part_bytes, sum(entry["bytes"] for entry in files) // MOST_PARTS)
    parts = cut_parts(job.files, size)
    record = {
        "files": files,
        "model": identify_model(job.model),
        "format": job.format,
        "column": job.column,
        "precision": job.precision,
        "batch_tokens": job.batch_tokens,
        "decoder": job.decoder,
        "min_score": job.min_score,
        "dictionary": identify_terms(job.dictionary),
        "part bytes": size,
        "parts": len(parts),
        "version": __version__,
    }
    kind = StoredJob if isinstance(job.output, str) else PlannedJob
    return kind(job, parts, record)


def _check_apart(job: TagJob, file: str) -> None:
    """Refuse an output that would take the place of an input."""
    if isinstance(job.output, str):
        found = [job.output] if file.startswith(job.output) else []
    else:
        inside = Path(file).resolve().is_relative_to
        found = [str(place) for place in (job.path, job.folder) if inside(place.resolve())]
    if found and is_address(file) == isinstance(job.output, str):
        raise ArgumentsError(
            f"--output: found {found[0]}, which is or holds the input {file}, expected another "
            "place. Nothing was changed: choose another name."
        )
