"""What Prometheus would read, as one flat table."""

from prometheus_client.parser import text_string_to_metric_families

Samples = dict[str, float]


def samples(text: bytes) -> Samples:
    """Each sample's value by its name and the values of its labels: `touchline_up database`."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }
