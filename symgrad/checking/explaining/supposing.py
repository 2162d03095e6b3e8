"""A point at which one name, or one derivative, is worth something else."""

from __future__ import annotations

from contextlib import suppress

from msgspec.structs import replace

from symgrad.checking.explaining.target import Target
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.world import World
from symgrad.tree import Array


def supposing(world: World, target: Target, array: Array) -> World:
    """The point as it would be, were the target worth this; everything that rests on it stays as it is."""
    if target.new:
        supposed = replace(world, _cache=dict(world._cache))
        vars(supposed)["after"] = world.after.with_leaves({target.name: array})
        return supposed
    if not target.wrt:
        for name in world.model.graph.quantities:
            with suppress(NoValue):
                world.value(name)
        return replace(world, _cache={**world._cache, target.name: array})
    keys = [("jacobian", target.name, target.wrt, direct) for direct in (False, True)]
    if target.name == world.model.objective:
        keys.append(("gradient", target.wrt))  # type: ignore[arg-type]
    return replace(world, _cache={**world._cache, **dict.fromkeys(keys, array)})
