// The direction that each row is most similar to: a matrix product that keeps only the largest value of
// a row, so that n x k similarities are never stored.
//
// A thread holds 16 (or 8) rows by 16 directions at a time. Neighbouring threads hold the same rows and
// neighbouring directions: on a card they share each load of a row and read one stretch of directions.
// `pick` then takes the best of what the threads of a row found.
struct Params {
    n: u32,      // rows
    k: u32,      // directions
    quads: u32,  // vec4 of a row
    width: u32,  // vec4 of directions, the last one padded with zeros
    groups: u32, // groups of 16 directions
    parts: u32,  // threads that share the groups of a row
}

@group(0) @binding(2) var<storage, read_write> part_similarity: array<f32>; // [n, parts]
@group(0) @binding(3) var<storage, read_write> part_place: array<u32>;
// pick
@group(0) @binding(0) var<storage, read> found_similarity: array<f32>;
@group(0) @binding(1) var<storage, read> found_place: array<u32>;
@group(0) @binding(2) var<storage, read_write> similarity: array<f32>; // [n]
@group(0) @binding(3) var<storage, read_write> place: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;

struct Best { value: f32, place: u32 }

fn nothing_yet() -> Best {
    return Best(-3.4028234e38, 0xFFFFFFFFu);
}

// The larger value, the lower place on ties. A NaN wins, and stays, so that it is seen.
fn better(best: Best, value: f32, at: u32) -> Best {
    let is_nan = (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
    let wins = value > best.value || (value == best.value && at < best.place) || is_nan;
    if (wins && at < params.k) { return Best(value, at); }
    return best;
}

fn best_of_four(best: Best, values: vec4f, column: u32) -> Best {
    let first = 4u * column;
    let two = better(better(best, values.x, first), values.y, first + 1u);
    return better(better(two, values.z, first + 2u), values.w, first + 3u);
}

// Sixteen directions: four vec4 that lie `groups` apart. Past the end the last one is read again,
// which changes no maximum.
struct Sixteen { v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f }
struct SixteenAt { v0: u32, v1: u32, v2: u32, v3: u32 }

fn column_of(group: u32, i: u32) -> u32 {
    return min(group + i * params.groups, params.width - 1u);
}

fn load_sixteen(row: u32, at: SixteenAt) -> Sixteen {
    return Sixteen(right_vec4(row + at.v0), right_vec4(row + at.v1), right_vec4(row + at.v2), right_vec4(row + at.v3));
}

fn add_sixteen(s: Sixteen, a: vec4f, w0: Sixteen, w1: Sixteen, w2: Sixteen, w3: Sixteen) -> Sixteen {
    return Sixteen(
        fma(vec4f(a.w), w3.v0, fma(vec4f(a.z), w2.v0, fma(vec4f(a.y), w1.v0, fma(vec4f(a.x), w0.v0, s.v0)))),
        fma(vec4f(a.w), w3.v1, fma(vec4f(a.z), w2.v1, fma(vec4f(a.y), w1.v1, fma(vec4f(a.x), w0.v1, s.v1)))),
        fma(vec4f(a.w), w3.v2, fma(vec4f(a.z), w2.v2, fma(vec4f(a.y), w1.v2, fma(vec4f(a.x), w0.v2, s.v2)))),
        fma(vec4f(a.w), w3.v3, fma(vec4f(a.z), w2.v3, fma(vec4f(a.y), w1.v3, fma(vec4f(a.x), w0.v3, s.v3)))),
    );
}

fn best_of_sixteen(best: Best, s: Sixteen, at: SixteenAt) -> Best {
    let two = best_of_four(best_of_four(best, s.v0, at.v0), s.v1, at.v1);
    return best_of_four(best_of_four(two, s.v2, at.v2), s.v3, at.v3);
}

// Rows past the end read the last one again; only the stores are guarded.
fn start_of_row(row: u32) -> u32 {
    return min(row, params.n - 1u) * params.quads;
}

fn store_best(row: u32, part: u32, best: Best) {
    if (row >= params.n) { return; }
    part_similarity[row * params.parts + part] = best.value;
    part_place[row * params.parts + part] = best.place;
}

@compute @workgroup_size(64)
fn assign16(invocation: Invocation) {
    let i = thread_index(invocation);
    let part = i % params.parts;
    let row = i / params.parts * 16u;
    if (row >= params.n) { return; }
    let x0 = start_of_row(row + 0u);
    let x1 = start_of_row(row + 1u);
    let x2 = start_of_row(row + 2u);
    let x3 = start_of_row(row + 3u);
    let x4 = start_of_row(row + 4u);
    let x5 = start_of_row(row + 5u);
    let x6 = start_of_row(row + 6u);
    let x7 = start_of_row(row + 7u);
    let x8 = start_of_row(row + 8u);
    let x9 = start_of_row(row + 9u);
    let x10 = start_of_row(row + 10u);
    let x11 = start_of_row(row + 11u);
    let x12 = start_of_row(row + 12u);
    let x13 = start_of_row(row + 13u);
    let x14 = start_of_row(row + 14u);
    let x15 = start_of_row(row + 15u);
    var best0 = nothing_yet();
    var best1 = nothing_yet();
    var best2 = nothing_yet();
    var best3 = nothing_yet();
    var best4 = nothing_yet();
    var best5 = nothing_yet();
    var best6 = nothing_yet();
    var best7 = nothing_yet();
    var best8 = nothing_yet();
    var best9 = nothing_yet();
    var best10 = nothing_yet();
    var best11 = nothing_yet();
    var best12 = nothing_yet();
    var best13 = nothing_yet();
    var best14 = nothing_yet();
    var best15 = nothing_yet();
    for (var group = part; group < params.groups; group += params.parts) {
        let at = SixteenAt(
            column_of(group, 0u),
            column_of(group, 1u),
            column_of(group, 2u),
            column_of(group, 3u),
        );
        var s0 = Sixteen();
        var s1 = Sixteen();
        var s2 = Sixteen();
        var s3 = Sixteen();
        var s4 = Sixteen();
        var s5 = Sixteen();
        var s6 = Sixteen();
        var s7 = Sixteen();
        var s8 = Sixteen();
        var s9 = Sixteen();
        var s10 = Sixteen();
        var s11 = Sixteen();
        var s12 = Sixteen();
        var s13 = Sixteen();
        var s14 = Sixteen();
        var s15 = Sixteen();
        var start = 0u;
        for (var quad = 0u; quad < params.quads; quad++) {
            let w0 = load_sixteen(start, at);
            let w1 = load_sixteen(start + params.width, at);
            let w2 = load_sixteen(start + 2u * params.width, at);
            let w3 = load_sixteen(start + 3u * params.width, at);
            s0 = add_sixteen(s0, left_vec4(x0 + quad), w0, w1, w2, w3);
            s1 = add_sixteen(s1, left_vec4(x1 + quad), w0, w1, w2, w3);
            s2 = add_sixteen(s2, left_vec4(x2 + quad), w0, w1, w2, w3);
            s3 = add_sixteen(s3, left_vec4(x3 + quad), w0, w1, w2, w3);
            s4 = add_sixteen(s4, left_vec4(x4 + quad), w0, w1, w2, w3);
            s5 = add_sixteen(s5, left_vec4(x5 + quad), w0, w1, w2, w3);
            s6 = add_sixteen(s6, left_vec4(x6 + quad), w0, w1, w2, w3);
            s7 = add_sixteen(s7, left_vec4(x7 + quad), w0, w1, w2, w3);
            s8 = add_sixteen(s8, left_vec4(x8 + quad), w0, w1, w2, w3);
            s9 = add_sixteen(s9, left_vec4(x9 + quad), w0, w1, w2, w3);
            s10 = add_sixteen(s10, left_vec4(x10 + quad), w0, w1, w2, w3);
            s11 = add_sixteen(s11, left_vec4(x11 + quad), w0, w1, w2, w3);
            s12 = add_sixteen(s12, left_vec4(x12 + quad), w0, w1, w2, w3);
            s13 = add_sixteen(s13, left_vec4(x13 + quad), w0, w1, w2, w3);
            s14 = add_sixteen(s14, left_vec4(x14 + quad), w0, w1, w2, w3);
            s15 = add_sixteen(s15, left_vec4(x15 + quad), w0, w1, w2, w3);
            start += 4u * params.width;
        }
        best0 = best_of_sixteen(best0, s0, at);
        best1 = best_of_sixteen(best1, s1, at);
        best2 = best_of_sixteen(best2, s2, at);
        best3 = best_of_sixteen(best3, s3, at);
        best4 = best_of_sixteen(best4, s4, at);
        best5 = best_of_sixteen(best5, s5, at);
        best6 = best_of_sixteen(best6, s6, at);
        best7 = best_of_sixteen(best7, s7, at);
        best8 = best_of_sixteen(best8, s8, at);
        best9 = best_of_sixteen(best9, s9, at);
        best10 = best_of_sixteen(best10, s10, at);
        best11 = best_of_sixteen(best11, s11, at);
        best12 = best_of_sixteen(best12, s12, at);
        best13 = best_of_sixteen(best13, s13, at);
        best14 = best_of_sixteen(best14, s14, at);
        best15 = best_of_sixteen(best15, s15, at);
    }
    store_best(row + 0u, part, best0);
    store_best(row + 1u, part, best1);
    store_best(row + 2u, part, best2);
    store_best(row + 3u, part, best3);
    store_best(row + 4u, part, best4);
    store_best(row + 5u, part, best5);
    store_best(row + 6u, part, best6);
    store_best(row + 7u, part, best7);
    store_best(row + 8u, part, best8);
    store_best(row + 9u, part, best9);
    store_best(row + 10u, part, best10);
    store_best(row + 11u, part, best11);
    store_best(row + 12u, part, best12);
    store_best(row + 13u, part, best13);
    store_best(row + 14u, part, best14);
    store_best(row + 15u, part, best15);
}

@compute @workgroup_size(64)
fn assign8(invocation: Invocation) {
    let i = thread_index(invocation);
    let part = i % params.parts;
    let row = i / params.parts * 8u;
    if (row >= params.n) { return; }
    let x0 = start_of_row(row + 0u);
    let x1 = start_of_row(row + 1u);
    let x2 = start_of_row(row + 2u);
    let x3 = start_of_row(row + 3u);
    let x4 = start_of_row(row + 4u);
    let x5 = start_of_row(row + 5u);
    let x6 = start_of_row(row + 6u);
    let x7 = start_of_row(row + 7u);
    var best0 = nothing_yet();
    var best1 = nothing_yet();
    var best2 = nothing_yet();
    var best3 = nothing_yet();
    var best4 = nothing_yet();
    var best5 = nothing_yet();
    var best6 = nothing_yet();
    var best7 = nothing_yet();
    for (var group = part; group < params.groups; group += params.parts) {
        let at = SixteenAt(
            column_of(group, 0u),
            column_of(group, 1u),
            column_of(group, 2u),
            column_of(group, 3u),
        );
        var s0 = Sixteen();
        var s1 = Sixteen();
        var s2 = Sixteen();
        var s3 = Sixteen();
        var s4 = Sixteen();
        var s5 = Sixteen();
        var s6 = Sixteen();
        var s7 = Sixteen();
        var start = 0u;
        for (var quad = 0u; quad < params.quads; quad++) {
            let w0 = load_sixteen(start, at);
            let w1 = load_sixteen(start + params.width, at);
            let w2 = load_sixteen(start + 2u * params.width, at);
            let w3 = load_sixteen(start + 3u * params.width, at);
            s0 = add_sixteen(s0, left_vec4(x0 + quad), w0, w1, w2, w3);
            s1 = add_sixteen(s1, left_vec4(x1 + quad), w0, w1, w2, w3);
            s2 = add_sixteen(s2, left_vec4(x2 + quad), w0, w1, w2, w3);
            s3 = add_sixteen(s3, left_vec4(x3 + quad), w0, w1, w2, w3);
            s4 = add_sixteen(s4, left_vec4(x4 + quad), w0, w1, w2, w3);
            s5 = add_sixteen(s5, left_vec4(x5 + quad), w0, w1, w2, w3);
            s6 = add_sixteen(s6, left_vec4(x6 + quad), w0, w1, w2, w3);
            s7 = add_sixteen(s7, left_vec4(x7 + quad), w0, w1, w2, w3);
            start += 4u * params.width;
        }
        best0 = best_of_sixteen(best0, s0, at);
        best1 = best_of_sixteen(best1, s1, at);
        best2 = best_of_sixteen(best2, s2, at);
        best3 = best_of_sixteen(best3, s3, at);
        best4 = best_of_sixteen(best4, s4, at);
        best5 = best_of_sixteen(best5, s5, at);
        best6 = best_of_sixteen(best6, s6, at);
        best7 = best_of_sixteen(best7, s7, at);
    }
    store_best(row + 0u, part, best0);
    store_best(row + 1u, part, best1);
    store_best(row + 2u, part, best2);
    store_best(row + 3u, part, best3);
    store_best(row + 4u, part, best4);
    store_best(row + 5u, part, best5);
    store_best(row + 6u, part, best6);
    store_best(row + 7u, part, best7);
}

@compute @workgroup_size(64)
fn pick(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= params.n) { return; }
    var best = nothing_yet();
    for (var part = 0u; part < params.parts; part++) {
        let at = row * params.parts + part;
        best = better(best, found_similarity[at], found_place[at]);
    }
    similarity[row] = best.value;
    place[row] = best.place;
}
