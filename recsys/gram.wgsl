// xᵀ x of a tall matrix: its lower half, in blocks of 16 by 16. A thread takes a block of the result and a
// part of the rows; the parts are added afterwards, in order, and the upper half is what lies across.
struct Params {
    n: u32,         // rows of x
    k: u32,         // columns, a multiple of four
    chunk: u32,     // rows of a part
    parts: u32,
    pairs: u32,     // blocks on and below the diagonal
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;                   // [n, k / 4]
@group(0) @binding(1) var<storage, read_write> partial: array<vec4f>;       // [parts, k, k / 4]
@group(0) @binding(0) var<storage, read> all_partial: array<f32>;           // [parts, k, k]
@group(0) @binding(1) var<storage, read_write> gram: array<f32>;            // [k, k]
@group(1) @binding(0) var<uniform> params: Params;

fn x_quad(row: u32, quad: u32) -> vec4f {
    let quads = params.k / 4u;
    if (quad < quads) { return x[row * quads + quad]; }
    return vec4f();
}

fn x_block(row: u32, block: u32) -> mat4x4f {
    let quad = 4u * block;
    return mat4x4f(
        x_quad(row, quad), x_quad(row, quad + 1u), x_quad(row, quad + 2u), x_quad(row, quad + 3u),
    );
}

fn scaled_block(factor: f32, block: mat4x4f, sum: mat4x4f) -> mat4x4f {
    let f = vec4f(factor);
    return mat4x4f(
        fma(f, block[0], sum[0]), fma(f, block[1], sum[1]),
        fma(f, block[2], sum[2]), fma(f, block[3], sum[3]),
    );
}

fn store_quad(part: u32, row: u32, quad: u32, value: vec4f) {
    let quads = params.k / 4u;
    if (row < params.k && quad < quads) { partial[(part * params.k + row) * quads + quad] = value; }
}

fn store_row(part: u32, row: u32, quad: u32, values: mat4x4f) {
    store_quad(part, row, quad, values[0]);
    store_quad(part, row, quad + 1u, values[1]);
    store_quad(part, row, quad + 2u, values[2]);
    store_quad(part, row, quad + 3u, values[3]);
}

// The row and the column of a block, 0 being (0, 0), 1 (1, 0), 2 (1, 1), 3 (2, 0), …
fn block_pair(index: u32) -> vec2u {
    var row = 0u;
    var first = 0u;
    while (first + row + 1u <= index) {
        first += row + 1u;
        row++;
    }
    return vec2u(row, index - first);
}

@compute @workgroup_size(64)
fn multiply_parts(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let thread = thread_index(workgroup, workgroups, local, 64u);
    if (thread >= params.parts * params.pairs) { return; }
    let part = thread % params.parts;
    let pair = block_pair(thread / params.parts);
    var g0 = mat4x4f();
    var g1 = mat4x4f();
    var g2 = mat4x4f();
    var g3 = mat4x4f();
    var g4 = mat4x4f();
    var g5 = mat4x4f();
    var g6 = mat4x4f();
    var g7 = mat4x4f();
    var g8 = mat4x4f();
    var g9 = mat4x4f();
    var g10 = mat4x4f();
    var g11 = mat4x4f();
    var g12 = mat4x4f();
    var g13 = mat4x4f();
    var g14 = mat4x4f();
    var g15 = mat4x4f();
    for (var row = part * params.chunk; row < min((part + 1u) * params.chunk, params.n); row++) {
        let left = x_block(row, pair.x);
        var right = left;
        if (pair.x != pair.y) { right = x_block(row, pair.y); }
        g0 = scaled_block(left[0].x, right, g0);
        g1 = scaled_block(left[0].y, right, g1);
        g2 = scaled_block(left[0].z, right, g2);
        g3 = scaled_block(left[0].w, right, g3);
        g4 = scaled_block(left[1].x, right, g4);
        g5 = scaled_block(left[1].y, right, g5);
        g6 = scaled_block(left[1].z, right, g6);
        g7 = scaled_block(left[1].w, right, g7);
        g8 = scaled_block(left[2].x, right, g8);
        g9 = scaled_block(left[2].y, right, g9);
        g10 = scaled_block(left[2].z, right, g10);
        g11 = scaled_block(left[2].w, right, g11);
        g12 = scaled_block(left[3].x, right, g12);
        g13 = scaled_block(left[3].y, right, g13);
        g14 = scaled_block(left[3].z, right, g14);
        g15 = scaled_block(left[3].w, right, g15);
    }
    store_row(part, 16u * pair.x + 0u, 4u * pair.y, g0);
    store_row(part, 16u * pair.x + 1u, 4u * pair.y, g1);
    store_row(part, 16u * pair.x + 2u, 4u * pair.y, g2);
    store_row(part, 16u * pair.x + 3u, 4u * pair.y, g3);
    store_row(part, 16u * pair.x + 4u, 4u * pair.y, g4);
    store_row(part, 16u * pair.x + 5u, 4u * pair.y, g5);
    store_row(part, 16u * pair.x + 6u, 4u * pair.y, g6);
    store_row(part, 16u * pair.x + 7u, 4u * pair.y, g7);
    store_row(part, 16u * pair.x + 8u, 4u * pair.y, g8);
    store_row(part, 16u * pair.x + 9u, 4u * pair.y, g9);
    store_row(part, 16u * pair.x + 10u, 4u * pair.y, g10);
    store_row(part, 16u * pair.x + 11u, 4u * pair.y, g11);
    store_row(part, 16u * pair.x + 12u, 4u * pair.y, g12);
    store_row(part, 16u * pair.x + 13u, 4u * pair.y, g13);
    store_row(part, 16u * pair.x + 14u, 4u * pair.y, g14);
    store_row(part, 16u * pair.x + 15u, 4u * pair.y, g15);
}

@compute @workgroup_size(64)
fn add_parts(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let place = thread_index(workgroup, workgroups, local, 64u);
    let k = params.k;
    if (place >= k * k) { return; }
    let row = place / k;
    let column = place % k;
    let across = column / 16u > row / 16u;
    let from_place = select(place, column * k + row, across);
    var sum = 0.0;
    for (var part = 0u; part < params.parts; part++) {
        sum += all_partial[part * k * k + from_place];
    }
    gram[place] = sum;
}
