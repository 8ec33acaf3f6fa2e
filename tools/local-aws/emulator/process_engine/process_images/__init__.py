"""Images without an engine: what `docker build` was asked for, recorded so that it can run as a plain process."""
