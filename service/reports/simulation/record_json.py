"""Writes simulations as JSON."""

from pydantic import TypeAdapter

from service.reports.simulation.record import SimulationRecord


def write_simulation_json(record: SimulationRecord) -> bytes:
    """Write the whole record; a bound that a single run does not have is null."""
    return TypeAdapter(SimulationRecord).dump_json(record, indent=2)
