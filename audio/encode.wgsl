// Encoding of spectrograms by a dictionary, with the pooling fused in: the responses of all places, a
// hundred times what is kept of them, are never stored. Here are the entry points; in front of them come
// encode_responses.wgsl, encode_places.wgsl and encode_codes.wgsl.
// pool8: the largest response in each slot, without the filters' offsets
@group(0) @binding(2) var<storage, read_write> slots: array<vec4f>; // [b, slices + 1, width]
// squares, mean_distances, best_filters: one value a place, [b, places_t, places_q]
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;
@group(0) @binding(5) var<storage, read_write> mean_distance: array<f32>;
@group(0) @binding(3) var<storage, read_write> best_value: array<f32>;
@group(0) @binding(4) var<storage, read_write> best_filter: array<u32>;
// triangle
@group(0) @binding(6) var<storage, read_write> triangle_slots: array<vec4f>;
// pool_best
@group(0) @binding(0) var<storage, read> value_at: array<f32>;
@group(0) @binding(1) var<storage, read> filter_at: array<u32>;
@group(0) @binding(2) var<storage, read_write> best_slots: array<f32>;
// finish
@group(0) @binding(0) var<storage, read> slot_values: array<f32>;   // [b, slices + 1, 4 width]
@group(0) @binding(1) var<storage, read> filter_offsets: array<f32>;
@group(0) @binding(2) var<storage, read_write> features: array<f32>; // [b, slices + 1, k]

// ---- Pooling: the largest response in each slot of time -----------------------------------------

fn store_slot(slot: Slot, at: SixteenAt, best: Sixteen) {
    let start = (slot.image * (params.slices + 1u) + slot.slot) * params.width;
    slots[start + at.v0] = best.v0;
    slots[start + at.v1] = best.v1;
    slots[start + at.v2] = best.v2;
    slots[start + at.v3] = best.v3;
}

@compute @workgroup_size(64)
fn pool8(invocation: Invocation) {
    let i = thread_index(invocation);
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

// ---- One value a place: what the triangle and the hard code need to know of all filters ---------

// Squared length of each whitened patch: the filters are the whitening's.
@compute @workgroup_size(64)
fn squares8(invocation: Invocation) {
    let i = thread_index(invocation);
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

// Mean over the centroids of the distance of each whitened patch.
@compute @workgroup_size(64)
fn mean_distances8(invocation: Invocation) {
    let i = thread_index(invocation);
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

@compute @workgroup_size(64)
fn triangle8(invocation: Invocation) {
    let i = thread_index(invocation);
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

// ---- Hard codes: only the best filter of a place has one ----------------------------------------

fn store_best(place: Place, i: u32, best: Best) {
    if (place.bin + i >= params.places_q) { return; }
    best_value[element_of(place) + i] = best.value;
    best_filter[element_of(place) + i] = best.filter_index;
}

@compute @workgroup_size(64)
fn best_filters8(invocation: Invocation) {
    let i = thread_index(invocation);
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
fn pool_best(invocation: Invocation) {
    let i = thread_index(invocation);
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

// ---- The features -------------------------------------------------------------------------------

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
fn finish(invocation: Invocation) {
    let i = thread_index(invocation);
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
