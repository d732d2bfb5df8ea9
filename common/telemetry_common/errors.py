"""One error tree: messages name the place, the problem and the fix; exit codes are stable."""

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
"""As a shell reports a process that Ctrl-C ended."""


class StampedeError(Exception):
    """Root of all errors that end a command with one line instead of a traceback.

    `place` says where (a file and line, an option, an endpoint), `problem` what is wrong there,
    and `fix` what to do about it.
    """

    exit_code = EXIT_FAILED

    def __init__(self, place: str, problem: str, fix: str) -> None:
        super().__init__(f"{place}: {problem}; {fix}")
        self.place = place
        self.problem = problem
        self.fix = fix


class UsageError(StampedeError):
    """The user's input is wrong: configuration, options or files. Exit code 2."""

    exit_code = EXIT_USAGE


class ConfigError(UsageError):
    """A configuration file or a `--set` override is not valid."""


class TemplateError(UsageError):
    """A template file, manifest or plan cannot be used."""


class RunError(StampedeError):
    """The run itself failed: the endpoint, the disk or the network. Exit code 1."""


def reason(error: OSError) -> str:
    """Return why the operating system refused, in the words that end up in a one-line error."""
    return (error.strerror or str(error)).lower()
