"""perun: the decorator, its sum over sensors read from what it returns or writes as JSON."""

import json

from work import ASK, HAS_GPUS, OUT, tell, work


def main():
    if ASK == "salvage":
        return salvage()
    import perun

    @perun.perun(data_out=str(OUT), format="json")
    def measured():
        work()

    measured()
    return salvage()


def salvage():
    """Energy of the newest result; None when there is none."""
    files = sorted(OUT.rglob("*.json"), key=lambda path: path.stat().st_mtime)
    if not files:
        return tell(None, said="no result file")
    metrics = find_metrics(json.loads(files[-1].read_text()))
    return tell(metrics.get("gpu_energy" if HAS_GPUS else "energy"), metrics=metrics)


def find_metrics(node):
    """The metrics of the outermost node that has any."""
    metrics = node.get("metrics") if isinstance(node, dict) else None
    if metrics:
        return {name: value_of(metric) for name, metric in metrics.items()}
    for child in node.get("nodes", {}).values() if isinstance(node, dict) else ():
        if found := find_metrics(child):
            return found
    return {}


def value_of(metric):
    """A metric's number: plain, or the sum of its statistics."""
    return metric.get("value", metric.get("sum"))


if __name__ == "__main__":
    main()
