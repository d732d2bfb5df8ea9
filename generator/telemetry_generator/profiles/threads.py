"""Names of threads, as the runtime and the usual server of each language call them."""

_NAMES = {
    "java": "http-nio-8080-exec-{number}",
    "go": "{service}",
    "python": "ThreadPoolExecutor-0_{number}",
    "nodejs": "libuv-worker",
    "dotnet": ".NET TP Worker",
    "ruby": "puma srv tp {number:03d}",
}
_WORKER = "worker-{number}"
_FIRST_ID = 18


def thread_name(language: str, service: str, number: int) -> str:
    """Return the name of worker `number`, counted from 0; not all languages tell them apart."""
    return _NAMES.get(language, _WORKER).format(service=service, number=number + 1)


def thread_id(number: int) -> int:
    """Return the id of worker `number`, after those of the runtime's own threads."""
    return _FIRST_ID + number
