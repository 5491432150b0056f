// Conjugate gradients for many small systems at once, one for each row of a sparse table:
//   (I + sum s_e y_e y_eᵀ) z = sum (1 + s_e) y_e
// over the entries e of the row, each with a weight s_e and a row y_e of the fixed side, which was
// whitened so that what all rows have in common is the identity. A thread owns a row.
//
// What costs is the gather of y, whose rows lie anywhere. `solve_rows` keeps every vector of a row in
// registers, so that a step reads each y_e once. Rows of many entries or of more than 64 factors, and
// fixed sides in several bindings, go through `gather_parts` and `begin_rows` or `step_rows`.
struct Params {
    k: u32,         // factors, a multiple of four
    count: u32,     // rows or parts of this dispatch
    offset: u32,    // the first of them in its table
    base: u32,      // row of the fixed side that lies first in its binding
    steps: u32,
    start: u32,     // gather_parts: 1 for the residual of the start, 0 for a direction
}

override QUADS: u32 = 16u; // k / 4, at most 16

// solve_rows
@group(0) @binding(1) var<storage, read> entries: array<vec2u>;             // [e] row of y, bits of s
@group(0) @binding(2) var<storage, read> rows: array<vec4u>;                // [m] row, first, end, 0
@group(0) @binding(3) var<storage, read_write> solution: array<vec4f>;      // [u, k / 4]
// gather_parts
@group(0) @binding(2) var<storage, read> parts: array<vec4u>;               // [p] slot, row, first, end
@group(0) @binding(3) var<storage, read> directions: array<vec4f>;          // [rows or slots, k / 4]
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>;          // [p, k / 4]
@group(0) @binding(5) var<storage, read_write> weights: array<f32>;         // [e]
// begin_rows, step_rows
@group(0) @binding(0) var<storage, read> slots: array<vec2u>;               // [m + 1] row, first of `order`
@group(0) @binding(1) var<storage, read> order: array<u32>;                 // [p] parts of each slot
@group(0) @binding(2) var<storage, read> part_sums: array<vec4f>;           // [p, k / 4]
@group(0) @binding(3) var<storage, read_write> solutions: array<vec4f>;     // [u, k / 4]
@group(0) @binding(4) var<storage, read_write> residuals: array<vec4f>;     // [m, k / 4]
@group(0) @binding(5) var<storage, read_write> searches: array<vec4f>;      // [m, k / 4]
@group(0) @binding(6) var<storage, read_write> squares: array<f32>;         // [m] squared residuals
@group(1) @binding(0) var<uniform> params: Params;

// Squared residual below which a row is done.
const DONE: f32 = 1e-20;

// Sixty-four factors, of which 4 QUADS count and the others are zero.
struct Factors { a: mat4x4f, b: mat4x4f, c: mat4x4f, d: mat4x4f }

fn fixed_quad(at: u32, quad: u32) -> vec4f {
    if (quad < QUADS) { return left_vec4(at + quad); }
    return vec4f();
}

fn fixed_block(at: u32, quad: u32) -> mat4x4f {
    return mat4x4f(
        fixed_quad(at, quad), fixed_quad(at, quad + 1u),
        fixed_quad(at, quad + 2u), fixed_quad(at, quad + 3u),
    );
}

fn fixed_row(row: u32) -> Factors {
    let at = row * QUADS;
    return Factors(
        fixed_block(at, 0u), fixed_block(at, 4u), fixed_block(at, 8u), fixed_block(at, 12u),
    );
}

fn solution_quad(at: u32, quad: u32) -> vec4f {
    if (quad < QUADS) { return solution[at + quad]; }
    return vec4f();
}

fn solution_block(at: u32, quad: u32) -> mat4x4f {
    return mat4x4f(
        solution_quad(at, quad), solution_quad(at, quad + 1u),
        solution_quad(at, quad + 2u), solution_quad(at, quad + 3u),
    );
}

fn store_quad(at: u32, quad: u32, value: vec4f) {
    if (quad < QUADS) { solution[at + quad] = value; }
}

fn store_block(at: u32, quad: u32, block: mat4x4f) {
    store_quad(at, quad, block[0]);
    store_quad(at, quad + 1u, block[1]);
    store_quad(at, quad + 2u, block[2]);
    store_quad(at, quad + 3u, block[3]);
}

fn products(x: mat4x4f, y: mat4x4f) -> vec4f {
    return fma(x[0], y[0], fma(x[1], y[1], fma(x[2], y[2], x[3] * y[3])));
}

fn inner(x: Factors, y: Factors) -> f32 {
    var sum = products(x.a, y.a);
    if (QUADS > 4u) { sum += products(x.b, y.b); }
    if (QUADS > 8u) { sum += products(x.c, y.c); }
    if (QUADS > 12u) { sum += products(x.d, y.d); }
    return (sum.x + sum.y) + (sum.z + sum.w);
}

fn scaled_block(factor: f32, x: mat4x4f, y: mat4x4f) -> mat4x4f {
    let f = vec4f(factor);
    return mat4x4f(fma(f, x[0], y[0]), fma(f, x[1], y[1]), fma(f, x[2], y[2]), fma(f, x[3], y[3]));
}

// factor x + y
fn add_scaled(factor: f32, x: Factors, y: Factors) -> Factors {
    var sum = Factors();
    sum.a = scaled_block(factor, x.a, y.a);
    if (QUADS > 4u) { sum.b = scaled_block(factor, x.b, y.b); }
    if (QUADS > 8u) { sum.c = scaled_block(factor, x.c, y.c); }
    if (QUADS > 12u) { sum.d = scaled_block(factor, x.d, y.d); }
    return sum;
}

// a / b, or 0 where the row is done.
fn ratio(a: f32, b: f32, square: f32) -> f32 {
    return select(0.0, a / b, square > DONE);
}

@compute @workgroup_size(64)
fn solve_rows(invocation: Invocation) {
    let thread = thread_index(invocation);
    if (thread >= params.count) { return; }
    let row = rows[thread];
    let at = row.x * QUADS;
    var z = Factors(
        solution_block(at, 0u), solution_block(at, 4u), solution_block(at, 8u), solution_block(at, 12u),
    );
    if (row.y == row.z) { z = Factors(); }
    var r = add_scaled(-1.0, z, Factors());
    for (var e = row.y; e < row.z; e++) {
        let entry = entries[e];
        let s = bitcast<f32>(entry.y);
        let y = fixed_row(entry.x);
        r = add_scaled(1.0 + s - s * inner(y, z), y, r);
    }
    var p = r;
    var square = inner(r, r);
    for (var step = 0u; step < params.steps; step++) {
        var q = p;
        for (var e = row.y; e < row.z; e++) {
            let entry = entries[e];
            let y = fixed_row(entry.x);
            q = add_scaled(bitcast<f32>(entry.y) * inner(y, p), y, q);
        }
        let alpha = ratio(square, inner(p, q), square);
        z = add_scaled(alpha, p, z);
        r = add_scaled(-alpha, q, r);
        let next = inner(r, r);
        p = add_scaled(ratio(next, square, square), p, r);
        square = next;
    }
    store_block(at, 0u, z.a);
    store_block(at, 4u, z.b);
    store_block(at, 8u, z.c);
    store_block(at, 12u, z.d);
}

// ---- Any number of factors, any number of entries, parts in several bindings ---------------------

fn part_quad(at: u32, quad: u32) -> vec4f {
    if (quad < params.k / 4u) { return left_vec4(at + quad); }
    return vec4f();
}

fn part_block(at: u32, quad: u32) -> mat4x4f {
    return mat4x4f(
        part_quad(at, quad), part_quad(at, quad + 1u),
        part_quad(at, quad + 2u), part_quad(at, quad + 3u),
    );
}

fn direction_quad(at: u32, quad: u32) -> vec4f {
    if (quad < params.k / 4u) { return directions[at + quad]; }
    return vec4f();
}

fn direction_block(at: u32, quad: u32) -> mat4x4f {
    return mat4x4f(
        direction_quad(at, quad), direction_quad(at, quad + 1u),
        direction_quad(at, quad + 2u), direction_quad(at, quad + 3u),
    );
}

fn store_sum(at: u32, quad: u32, value: vec4f) {
    if (quad < params.k / 4u) { sums[at + quad] = value; }
}

// The sum over the entries of a part: first the weight of each entry, 32 factors at a time, then the
// weighted sum, likewise. A part's weights are written and read by its own thread only.
@compute @workgroup_size(64)
fn gather_parts(invocation: Invocation) {
    let thread = thread_index(invocation);
    if (thread >= params.count) { return; }
    let place = params.offset + thread;
    let part = parts[place];
    let quads = params.k / 4u;
    let here = select(part.x, part.y, params.start == 1u) * quads;
    for (var quad = 0u; quad < quads; quad += 8u) {
        let p0 = direction_block(here, quad);
        let p1 = direction_block(here, quad + 4u);
        for (var e = part.z; e < part.w; e++) {
            let entry = entries[e];
            let at = (entry.x - params.base) * quads;
            let sum = products(p0, part_block(at, quad)) + products(p1, part_block(at, quad + 4u));
            var product = (sum.x + sum.y) + (sum.z + sum.w);
            if (quad > 0u) { product += weights[e]; }
            if (quad + 8u >= quads) {
                let s = bitcast<f32>(entry.y);
                product = select(s * product, 1.0 + s - s * product, params.start == 1u);
            }
            weights[e] = product;
        }
    }
    for (var quad = 0u; quad < quads; quad += 8u) {
        var q0 = mat4x4f();
        var q1 = mat4x4f();
        for (var e = part.z; e < part.w; e++) {
            let at = (entries[e].x - params.base) * quads;
            let weight = weights[e];
            q0 = scaled_block(weight, part_block(at, quad), q0);
            q1 = scaled_block(weight, part_block(at, quad + 4u), q1);
        }
        store_sum(place * quads, quad, q0[0]);
        store_sum(place * quads, quad + 1u, q0[1]);
        store_sum(place * quads, quad + 2u, q0[2]);
        store_sum(place * quads, quad + 3u, q0[3]);
        store_sum(place * quads, quad + 4u, q1[0]);
        store_sum(place * quads, quad + 5u, q1[1]);
        store_sum(place * quads, quad + 6u, q1[2]);
        store_sum(place * quads, quad + 7u, q1[3]);
    }
}

// Four factors of the sum over all parts of a slot, in their order.
fn slot_sum(slot: u32, quad: u32) -> vec4f {
    var sum = vec4f();
    for (var place = slots[slot].y; place < slots[slot + 1u].y; place++) {
        sum += part_sums[order[place] * (params.k / 4u) + quad];
    }
    return sum;
}

// The residual of the start, which is also the first direction.
@compute @workgroup_size(64)
fn begin_rows(invocation: Invocation) {
    let slot = thread_index(invocation);
    if (slot >= params.count) { return; }
    let quads = params.k / 4u;
    let here = slots[slot].x * quads;
    let empty = slots[slot].y == slots[slot + 1u].y;
    var square = vec4f();
    for (var quad = 0u; quad < quads; quad++) {
        if (empty) { solutions[here + quad] = vec4f(); }
        let r = slot_sum(slot, quad) - solutions[here + quad];
        residuals[slot * quads + quad] = r;
        searches[slot * quads + quad] = r;
        square = fma(r, r, square);
    }
    squares[slot] = (square.x + square.y) + (square.z + square.w);
}

// A step along the directions, and the next directions.
@compute @workgroup_size(64)
fn step_rows(invocation: Invocation) {
    let slot = thread_index(invocation);
    if (slot >= params.count) { return; }
    let quads = params.k / 4u;
    let here = slots[slot].x * quads;
    var curvature = vec4f();
    for (var quad = 0u; quad < quads; quad++) {
        let p = searches[slot * quads + quad];
        curvature = fma(p, p + slot_sum(slot, quad), curvature);
    }
    let square = squares[slot];
    let along = (curvature.x + curvature.y) + (curvature.z + curvature.w);
    let alpha = vec4f(ratio(square, along, square));
    var remaining = vec4f();
    for (var quad = 0u; quad < quads; quad++) {
        let at = slot * quads + quad;
        let p = searches[at];
        solutions[here + quad] = fma(alpha, p, solutions[here + quad]);
        let r = fma(-alpha, p + slot_sum(slot, quad), residuals[at]);
        residuals[at] = r;
        remaining = fma(r, r, remaining);
    }
    let next = (remaining.x + remaining.y) + (remaining.z + remaining.w);
    let beta = vec4f(ratio(next, square, square));
    for (var quad = 0u; quad < quads; quad++) {
        let at = slot * quads + quad;
        searches[at] = fma(beta, searches[at], residuals[at]);
    }
    squares[slot] = next;
}
