// Where responses go: slots of time, of which each keeps its largest responses, and tables of one value
// a place. In front of it: larger.wgsl, encode_responses.wgsl.
//
// Slot 0 is what the slices leave over, slots 1 to `slices` are the slices; `finish` makes the whole of
// all of them.
const LOWEST = -3.4028234e38;

// Thread `index` of a grid of [images, slots, groups].
struct Slot { image: u32, slot: u32, group: u32, first: u32, end: u32 }

fn frames_of(slot: u32) -> vec2u {
    if (slot == 0u) { return vec2u(params.slices * params.slice, params.places_t); }
    return vec2u(slot - 1u, slot) * params.slice;
}

fn slot_of(index: u32) -> Slot {
    let count = params.slices + 1u;
    let slot = index / params.groups % count;
    let frames = frames_of(slot);
    return Slot(index / params.groups / count, slot, index % params.groups, frames.x, frames.y);
}

fn lowest() -> Sixteen {
    return Sixteen(vec4f(LOWEST), vec4f(LOWEST), vec4f(LOWEST), vec4f(LOWEST));
}

fn larger_sixteen(best: Sixteen, s: Sixteen) -> Sixteen {
    return Sixteen(
        larger_vec4(best.v0, s.v0),
        larger_vec4(best.v1, s.v1),
        larger_vec4(best.v2, s.v2),
        larger_vec4(best.v3, s.v3),
    );
}

// Thread `index` of a grid of [images, places in time, eights of places in frequency].
fn place_of(index: u32) -> Place {
    let eights = (params.places_q + 7u) / 8u;
    let row = index / eights;
    return Place(row / params.places_t, row % params.places_t, index % eights * 8u);
}

// Element of a place's table.
fn element_of(place: Place) -> u32 {
    return (place.image * params.places_t + place.frame) * params.places_q + place.bin;
}
