// Encoding of spectrograms by a dictionary, with the pooling fused in: the responses of all places, a
// hundred times what is kept of them, are never stored.
//
// A response is a correlation of a patch with a filter. A thread holds the responses of eight
// neighbouring bins by 16 filters. Those places look at the same values shifted by one, so four taps
// of all of them take four new values and 16 vec4 of filters. Filters are padded with zeros to whole
// vec4 in bins; the values under the padding are repeats of the last bin, which keeps them finite.
struct Params {
    b: u32,
    t: u32,           // frames
    q: u32,           // bins
    frames: u32,      // of a filter
    bins: u32,        // of a filter, padded
    k: u32,           // filters
    width: u32,       // vec4 of filters, the last one padded
    groups: u32,      // groups of 16 filters
    places_t: u32,    // places of a filter in time
    places_q: u32,    // and in frequency
    slices: u32,      // regions in time, besides the whole
    slice: u32,       // places in time of a region; those left over belong to the whole only
    form: u32,        // 0 linear, 1 soft threshold, 2 triangle, 3 hard
    one_hot: u32,     // 1: the code of the best filter is 1, else its response
    threshold: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;         // [b, t, q]
@group(0) @binding(1) var<storage, read> filters: array<vec4f>; // [frames, bins, width]
// pool8: the largest response in each slot, without the filters' offsets
@group(0) @binding(2) var<storage, read_write> slots: array<vec4f>; // [b, slices + 1, width]
// squares, mean_distances, best_filters: one value a place, [b, places_t, places_q]
@group(0) @binding(2) var<storage, read> offsets: array<vec4f>; // [width]: less the filters' mean patch
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;
@group(0) @binding(3) var<storage, read> norms: array<vec4f>;   // [width]: lengths of the centroids
@group(0) @binding(4) var<storage, read> given_squares: array<f32>;
@group(0) @binding(5) var<storage, read_write> mean_distance: array<f32>;
@group(0) @binding(3) var<storage, read_write> best_value: array<f32>;
@group(0) @binding(4) var<storage, read_write> best_filter: array<u32>;
// triangle
@group(0) @binding(5) var<storage, read> given_mean: array<f32>;
@group(0) @binding(6) var<storage, read_write> triangle_slots: array<vec4f>;
// pool_best
@group(0) @binding(0) var<storage, read> value_at: array<f32>;
@group(0) @binding(1) var<storage, read> filter_at: array<u32>;
@group(0) @binding(2) var<storage, read_write> best_slots: array<f32>;
// finish
@group(0) @binding(0) var<storage, read> slot_values: array<f32>;   // [b, slices + 1, 4 width]
@group(0) @binding(1) var<storage, read> filter_offsets: array<f32>;
@group(0) @binding(2) var<storage, read_write> features: array<f32>; // [b, slices + 1, k]
@group(1) @binding(0) var<uniform> params: Params;

const LOWEST = -3.4028234e38;

// ---- Responses ---------------------------------------------------------------------------------

// Sixteen filters: four vec4 that lie `groups` apart. Past the end the last one is read again; it gives
// the same values, so storing or comparing them twice does no harm.
struct Sixteen { v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f }
struct SixteenAt { v0: u32, v1: u32, v2: u32, v3: u32 }

fn column_of(group: u32, i: u32) -> u32 {
    return min(group + i * params.groups, params.width - 1u);
}

fn sixteen_at(group: u32) -> SixteenAt {
    return SixteenAt(column_of(group, 0u), column_of(group, 1u), column_of(group, 2u), column_of(group, 3u));
}

fn load_sixteen(row: u32, at: SixteenAt) -> Sixteen {
    return Sixteen(filters[row + at.v0], filters[row + at.v1], filters[row + at.v2], filters[row + at.v3]);
}

fn add_sixteen(s: Sixteen, a: vec4f, w0: Sixteen, w1: Sixteen, w2: Sixteen, w3: Sixteen) -> Sixteen {
    return Sixteen(
        fma(vec4f(a.w), w3.v0, fma(vec4f(a.z), w2.v0, fma(vec4f(a.y), w1.v0, fma(vec4f(a.x), w0.v0, s.v0)))),
        fma(vec4f(a.w), w3.v1, fma(vec4f(a.z), w2.v1, fma(vec4f(a.y), w1.v1, fma(vec4f(a.x), w0.v1, s.v1)))),
        fma(vec4f(a.w), w3.v2, fma(vec4f(a.z), w2.v2, fma(vec4f(a.y), w1.v2, fma(vec4f(a.x), w0.v2, s.v2)))),
        fma(vec4f(a.w), w3.v3, fma(vec4f(a.z), w2.v3, fma(vec4f(a.y), w1.v3, fma(vec4f(a.x), w0.v3, s.v3)))),
    );
}

// Where a filter lies on an image.
struct Place { image: u32, frame: u32, bin: u32 }

fn value_at_bin(row: u32, bin: u32) -> f32 {
    return x[row + min(bin, params.q - 1u)];
}

// Responses at eight neighbouring bins.
struct Eight {
    s0: Sixteen, s1: Sixteen, s2: Sixteen, s3: Sixteen,
    s4: Sixteen, s5: Sixteen, s6: Sixteen, s7: Sixteen,
}

fn eight_responses(place: Place, at: SixteenAt) -> Eight {
    var s0 = Sixteen();
    var s1 = Sixteen();
    var s2 = Sixteen();
    var s3 = Sixteen();
    var s4 = Sixteen();
    var s5 = Sixteen();
    var s6 = Sixteen();
    var s7 = Sixteen();
    for (var frame = 0u; frame < params.frames; frame++) {
        let row = (place.image * params.t + place.frame + frame) * params.q;
        var start = frame * params.bins * params.width;
        var x0 = value_at_bin(row, place.bin + 0u);
        var x1 = value_at_bin(row, place.bin + 1u);
        var x2 = value_at_bin(row, place.bin + 2u);
        var x3 = value_at_bin(row, place.bin + 3u);
        var x4 = value_at_bin(row, place.bin + 4u);
        var x5 = value_at_bin(row, place.bin + 5u);
        var x6 = value_at_bin(row, place.bin + 6u);
        for (var bin = 0u; bin < params.bins; bin += 4u) {
            let x7 = value_at_bin(row, place.bin + bin + 7u);
            let x8 = value_at_bin(row, place.bin + bin + 8u);
            let x9 = value_at_bin(row, place.bin + bin + 9u);
            let x10 = value_at_bin(row, place.bin + bin + 10u);
            let w0 = load_sixteen(start, at);
            let w1 = load_sixteen(start + params.width, at);
            let w2 = load_sixteen(start + 2u * params.width, at);
            let w3 = load_sixteen(start + 3u * params.width, at);
            s0 = add_sixteen(s0, vec4f(x0, x1, x2, x3), w0, w1, w2, w3);
            s1 = add_sixteen(s1, vec4f(x1, x2, x3, x4), w0, w1, w2, w3);
            s2 = add_sixteen(s2, vec4f(x2, x3, x4, x5), w0, w1, w2, w3);
            s3 = add_sixteen(s3, vec4f(x3, x4, x5, x6), w0, w1, w2, w3);
            s4 = add_sixteen(s4, vec4f(x4, x5, x6, x7), w0, w1, w2, w3);
            s5 = add_sixteen(s5, vec4f(x5, x6, x7, x8), w0, w1, w2, w3);
            s6 = add_sixteen(s6, vec4f(x6, x7, x8, x9), w0, w1, w2, w3);
            s7 = add_sixteen(s7, vec4f(x7, x8, x9, x10), w0, w1, w2, w3);
            x0 = x4;
            x1 = x5;
            x2 = x6;
            x3 = x7;
            x4 = x8;
            x5 = x9;
            x6 = x10;
            start += 4u * params.width;
        }
    }
    return Eight(s0, s1, s2, s3, s4, s5, s6, s7);
}

// ---- Pooling: the largest response in each slot of time ------------------------------------------
// Slot 0 is what the slices leave over, slots 1 to `slices` are the slices; `finish` makes the whole of
// all of them.

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

fn store_slot(slot: Slot, at: SixteenAt, best: Sixteen) {
    let start = (slot.image * (params.slices + 1u) + slot.slot) * params.width;
    slots[start + at.v0] = best.v0;
    slots[start + at.v1] = best.v1;
    slots[start + at.v2] = best.v2;
    slots[start + at.v3] = best.v3;
}

@compute @workgroup_size(64)
fn pool8(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let slot = slot_of(i);
    if (slot.image >= params.b || slot.first == slot.end) { return; }
    let at = sixteen_at(slot.group);
    var best = lowest();
    for (var frame = slot.first; frame < slot.end; frame++) {
        for (var bin = 0u; bin < params.places_q; bin += 8u) {
            let r = eight_responses(Place(slot.image, frame, bin), at);
            let rest = params.places_q - bin;
            best = larger_sixteen(best, r.s0);
            if (rest > 1u) { best = larger_sixteen(best, r.s1); }
            if (rest > 2u) { best = larger_sixteen(best, r.s2); }
            if (rest > 3u) { best = larger_sixteen(best, r.s3); }
            if (rest > 4u) { best = larger_sixteen(best, r.s4); }
            if (rest > 5u) { best = larger_sixteen(best, r.s5); }
            if (rest > 6u) { best = larger_sixteen(best, r.s6); }
            if (rest > 7u) { best = larger_sixteen(best, r.s7); }
        }
    }
    store_slot(slot, at, best);
}

// ---- One value a place: what the triangle and the hard code need to know of all filters -----------

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

// Padded filters have zero responses and offsets, and add nothing.
fn add_squares(sum: f32, s: Sixteen, at: SixteenAt, group: u32) -> f32 {
    let y0 = s.v0 + offsets[at.v0];
    let y1 = s.v1 + offsets[at.v1];
    let y2 = s.v2 + offsets[at.v2];
    let y3 = s.v3 + offsets[at.v3];
    // A vec4 past the end is the last one again: it must not count twice.
    let counts = vec4u(group) + vec4u(0u, 1u, 2u, 3u) * params.groups < vec4u(params.width);
    let lengths = vec4f(dot(y0, y0), dot(y1, y1), dot(y2, y2), dot(y3, y3));
    let kept = select(vec4f(), lengths, counts);
    return sum + kept.x + kept.y + kept.z + kept.w;
}

// Squared length of each whitened patch: the filters are the whitening's.
@compute @workgroup_size(64)
fn squares8(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let place = place_of(i);
    if (place.image >= params.b) { return; }
    var sum0 = 0.0;
    var sum1 = 0.0;
    var sum2 = 0.0;
    var sum3 = 0.0;
    var sum4 = 0.0;
    var sum5 = 0.0;
    var sum6 = 0.0;
    var sum7 = 0.0;
    for (var group = 0u; group < params.groups; group++) {
        let at = sixteen_at(group);
        let r = eight_responses(place, at);
        sum0 = add_squares(sum0, r.s0, at, group);
        sum1 = add_squares(sum1, r.s1, at, group);
        sum2 = add_squares(sum2, r.s2, at, group);
        sum3 = add_squares(sum3, r.s3, at, group);
        sum4 = add_squares(sum4, r.s4, at, group);
        sum5 = add_squares(sum5, r.s5, at, group);
        sum6 = add_squares(sum6, r.s6, at, group);
        sum7 = add_squares(sum7, r.s7, at, group);
    }
    let rest = params.places_q - place.bin;
    let first = element_of(place);
    squares[first] = sum0;
    if (rest > 1u) { squares[first + 1u] = sum1; }
    if (rest > 2u) { squares[first + 2u] = sum2; }
    if (rest > 3u) { squares[first + 3u] = sum3; }
    if (rest > 4u) { squares[first + 4u] = sum4; }
    if (rest > 5u) { squares[first + 5u] = sum5; }
    if (rest > 6u) { squares[first + 6u] = sum6; }
    if (rest > 7u) { squares[first + 7u] = sum7; }
}

// Distances of a whitened patch of squared length `squared` from four centroids.
fn distances(squared: f32, responses: vec4f, column: u32) -> vec4f {
    let lengths = norms[column] * norms[column];
    let value = vec4f(squared) - 2.0 * (responses + offsets[column]) + lengths;
    return sqrt(select(value, vec4f(), value < vec4f())); // max() might hide a NaN
}

fn add_distances(sum: f32, squared: f32, responses: vec4f, column: u32, counts: bool) -> f32 {
    let is_filter = vec4u(4u * column) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.k);
    let kept = select(vec4f(), distances(squared, responses, column), is_filter & vec4<bool>(counts));
    return sum + kept.x + kept.y + kept.z + kept.w;
}

fn add_sixteen_distances(sum: f32, squared: f32, s: Sixteen, at: SixteenAt, group: u32) -> f32 {
    let counts = vec4u(group) + vec4u(0u, 1u, 2u, 3u) * params.groups < vec4u(params.width);
    let two = add_distances(
        add_distances(sum, squared, s.v0, at.v0, counts.x), squared, s.v1, at.v1, counts.y
    );
    return add_distances(
        add_distances(two, squared, s.v2, at.v2, counts.z), squared, s.v3, at.v3, counts.w
    );
}

// Squared length at a place; past the last bin that of the last one, which is not used.
fn squared_at(place: Place, i: u32) -> f32 {
    let bin = min(place.bin + i, params.places_q - 1u);
    return given_squares[element_of(Place(place.image, place.frame, bin))];
}

// Mean over the centroids of the distance of each whitened patch.
@compute @workgroup_size(64)
fn mean_distances8(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let place = place_of(i);
    if (place.image >= params.b) { return; }
    let squared0 = squared_at(place, 0u);
    let squared1 = squared_at(place, 1u);
    let squared2 = squared_at(place, 2u);
    let squared3 = squared_at(place, 3u);
    let squared4 = squared_at(place, 4u);
    let squared5 = squared_at(place, 5u);
    let squared6 = squared_at(place, 6u);
    let squared7 = squared_at(place, 7u);
    var sum0 = 0.0;
    var sum1 = 0.0;
    var sum2 = 0.0;
    var sum3 = 0.0;
    var sum4 = 0.0;
    var sum5 = 0.0;
    var sum6 = 0.0;
    var sum7 = 0.0;
    for (var group = 0u; group < params.groups; group++) {
        let at = sixteen_at(group);
        let r = eight_responses(place, at);
        sum0 = add_sixteen_distances(sum0, squared0, r.s0, at, group);
        sum1 = add_sixteen_distances(sum1, squared1, r.s1, at, group);
        sum2 = add_sixteen_distances(sum2, squared2, r.s2, at, group);
        sum3 = add_sixteen_distances(sum3, squared3, r.s3, at, group);
        sum4 = add_sixteen_distances(sum4, squared4, r.s4, at, group);
        sum5 = add_sixteen_distances(sum5, squared5, r.s5, at, group);
        sum6 = add_sixteen_distances(sum6, squared6, r.s6, at, group);
        sum7 = add_sixteen_distances(sum7, squared7, r.s7, at, group);
    }
    let rest = params.places_q - place.bin;
    let first = element_of(place);
    let share = 1.0 / f32(params.k);
    mean_distance[first] = share * sum0;
    if (rest > 1u) { mean_distance[first + 1u] = share * sum1; }
    if (rest > 2u) { mean_distance[first + 2u] = share * sum2; }
    if (rest > 3u) { mean_distance[first + 3u] = share * sum3; }
    if (rest > 4u) { mean_distance[first + 4u] = share * sum4; }
    if (rest > 5u) { mean_distance[first + 5u] = share * sum5; }
    if (rest > 6u) { mean_distance[first + 6u] = share * sum6; }
    if (rest > 7u) { mean_distance[first + 7u] = share * sum7; }
}

fn triangle_of(squared: f32, mean: f32, s: Sixteen, at: SixteenAt) -> Sixteen {
    return Sixteen(
        vec4f(mean) - distances(squared, s.v0, at.v0),
        vec4f(mean) - distances(squared, s.v1, at.v1),
        vec4f(mean) - distances(squared, s.v2, at.v2),
        vec4f(mean) - distances(squared, s.v3, at.v3),
    );
}

// The largest triangle code of a slot, before it is cut at 0.
fn larger_triangle(best: Sixteen, place: Place, i: u32, s: Sixteen, at: SixteenAt) -> Sixteen {
    if (place.bin + i >= params.places_q) { return best; }
    let mean = given_mean[element_of(place) + i];
    return larger_sixteen(best, triangle_of(squared_at(place, i), mean, s, at));
}

@compute @workgroup_size(64)
fn triangle8(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let slot = slot_of(i);
    if (slot.image >= params.b || slot.first == slot.end) { return; }
    let at = sixteen_at(slot.group);
    var best = lowest();
    for (var frame = slot.first; frame < slot.end; frame++) {
        for (var bin = 0u; bin < params.places_q; bin += 8u) {
            let place = Place(slot.image, frame, bin);
            let r = eight_responses(place, at);
            best = larger_triangle(best, place, 0u, r.s0, at);
            best = larger_triangle(best, place, 1u, r.s1, at);
            best = larger_triangle(best, place, 2u, r.s2, at);
            best = larger_triangle(best, place, 3u, r.s3, at);
            best = larger_triangle(best, place, 4u, r.s4, at);
            best = larger_triangle(best, place, 5u, r.s5, at);
            best = larger_triangle(best, place, 6u, r.s6, at);
            best = larger_triangle(best, place, 7u, r.s7, at);
        }
    }
    let start = (slot.image * (params.slices + 1u) + slot.slot) * params.width;
    triangle_slots[start + at.v0] = best.v0;
    triangle_slots[start + at.v1] = best.v1;
    triangle_slots[start + at.v2] = best.v2;
    triangle_slots[start + at.v3] = best.v3;
}

// ---- Hard codes: only the best filter of a place has one -----------------------------------------

struct Best { value: f32, filter_index: u32 }

// The larger value, the lower filter on ties. A NaN wins, and stays.
fn better(best: Best, value: f32, at: u32) -> Best {
    let is_nan = (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
    let wins = value > best.value || (value == best.value && at < best.filter_index) || is_nan;
    if (wins && at < params.k) { return Best(value, at); }
    return best;
}

fn better_of_four(best: Best, responses: vec4f, column: u32) -> Best {
    let values = responses + offsets[column];
    let first = 4u * column;
    let two = better(better(best, values.x, first), values.y, first + 1u);
    return better(better(two, values.z, first + 2u), values.w, first + 3u);
}

fn better_of_sixteen(best: Best, s: Sixteen, at: SixteenAt) -> Best {
    let two = better_of_four(better_of_four(best, s.v0, at.v0), s.v1, at.v1);
    return better_of_four(better_of_four(two, s.v2, at.v2), s.v3, at.v3);
}

fn store_best(place: Place, i: u32, best: Best) {
    if (place.bin + i >= params.places_q) { return; }
    best_value[element_of(place) + i] = best.value;
    best_filter[element_of(place) + i] = best.filter_index;
}

@compute @workgroup_size(64)
fn best_filters8(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let place = place_of(i);
    if (place.image >= params.b) { return; }
    var best0 = Best(LOWEST, 0xFFFFFFFFu);
    var best1 = Best(LOWEST, 0xFFFFFFFFu);
    var best2 = Best(LOWEST, 0xFFFFFFFFu);
    var best3 = Best(LOWEST, 0xFFFFFFFFu);
    var best4 = Best(LOWEST, 0xFFFFFFFFu);
    var best5 = Best(LOWEST, 0xFFFFFFFFu);
    var best6 = Best(LOWEST, 0xFFFFFFFFu);
    var best7 = Best(LOWEST, 0xFFFFFFFFu);
    for (var group = 0u; group < params.groups; group++) {
        let at = sixteen_at(group);
        let r = eight_responses(place, at);
        best0 = better_of_sixteen(best0, r.s0, at);
        best1 = better_of_sixteen(best1, r.s1, at);
        best2 = better_of_sixteen(best2, r.s2, at);
        best3 = better_of_sixteen(best3, r.s3, at);
        best4 = better_of_sixteen(best4, r.s4, at);
        best5 = better_of_sixteen(best5, r.s5, at);
        best6 = better_of_sixteen(best6, r.s6, at);
        best7 = better_of_sixteen(best7, r.s7, at);
    }
    store_best(place, 0u, best0);
    store_best(place, 1u, best1);
    store_best(place, 2u, best2);
    store_best(place, 3u, best3);
    store_best(place, 4u, best4);
    store_best(place, 5u, best5);
    store_best(place, 6u, best6);
    store_best(place, 7u, best7);
}

// Thread `i` is filter i mod 4 width of a slot.
@compute @workgroup_size(64)
fn pool_best(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let columns = 4u * params.width;
    let index = i % columns;
    let slot = i / columns % (params.slices + 1u);
    let image = i / columns / (params.slices + 1u);
    if (image >= params.b) { return; }
    let frames = frames_of(slot);
    let end = (image * params.places_t + frames.y) * params.places_q;
    var best = LOWEST;
    for (var at = (image * params.places_t + frames.x) * params.places_q; at < end; at++) {
        let value = select(value_at[at], 1.0, params.one_hot == 1u);
        best = larger(best, select(0.0, value, filter_at[at] == index));
    }
    best_slots[i] = best;
}

// ---- The features ---------------------------------------------------------------------------------

fn largest_of_slots(image: u32, region: u32, index: u32) -> f32 {
    let count = params.slices + 1u;
    let columns = 4u * params.width;
    if (region > 0u) { return slot_values[(image * count + region) * columns + index]; }
    var best = LOWEST;
    // Nothing was written into an empty slot 0.
    for (var slot = select(0u, 1u, params.slices * params.slice == params.places_t); slot < count; slot++) {
        best = larger(best, slot_values[(image * count + slot) * columns + index]);
    }
    return best;
}

fn at_least_zero(value: f32) -> f32 {
    return select(value, 0.0, value < 0.0); // max() might hide a NaN
}

// What is left to do after the maximum, since it keeps the order of values: offset, threshold, cut.
@compute @workgroup_size(64)
fn finish(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let index = i % params.k;
    let region = i / params.k % (params.slices + 1u);
    let image = i / params.k / (params.slices + 1u);
    if (image >= params.b) { return; }
    let value = largest_of_slots(image, region, index);
    let response = value + filter_offsets[index];
    switch params.form {
        case 0u: { features[i] = response; }
        case 1u: { features[i] = at_least_zero(response - params.threshold); }
        case 2u: { features[i] = at_least_zero(value); }
        default: { features[i] = value; }
    }
}
