// What spherical K-means does besides assigning and summing: the objective, rows for dead clusters, and
// the update of the centroids.
struct Params {
    n: u32,         // rows here
    k: u32,         // centroids
    width: u32,     // vec4 of a row
    one_hot: u32,   // 1: a row's code is 1, else its similarity
    damped: u32,    // 1: the old centroid is added to its sum
    first: u32,     // number of the first row here, among all
    total: u32,     // rows in all
    start: u32,     // where the terms of the objective go
    key_high: u32,
    key_low: u32,
}

const BLOCK = 256u;

// add_objective
@group(0) @binding(0) var<storage, read> similarity: array<f32>;
@group(0) @binding(1) var<storage, read_write> objective: array<f32>;
// draw_rows
@group(0) @binding(0) var<storage, read> x: array<vec4f>;                // [n, width]
@group(0) @binding(1) var<storage, read_write> candidates: array<vec4f>; // [k, width]
// update
@group(0) @binding(0) var<storage, read> sums: array<vec4f>;             // [k, width]
@group(0) @binding(1) var<storage, read> members: array<u32>;            // [k]
@group(0) @binding(2) var<storage, read> drawn: array<vec4f>;            // [k, width]
@group(0) @binding(3) var<storage, read_write> centroids: array<vec4f>;  // [k, width]
@group(1) @binding(0) var<uniform> params: Params;

// What a row's code takes off its squared length: s² for the code s, 2 s - 1 for the code 1. One sum a
// block; the host adds them up in float64.
@compute @workgroup_size(64)
fn add_objective(invocation: Invocation) {
    let block = thread_index(invocation);
    if (block >= (params.n + BLOCK - 1u) / BLOCK) { return; }
    var sum = 0.0;
    for (var row = block * BLOCK; row < min((block + 1u) * BLOCK, params.n); row++) {
        let s = similarity[row];
        sum += select(s * s, 2.0 * s - 1.0, params.one_hot == 1u);
    }
    objective[params.start + block] = sum;
}

// A random row for each centroid, should its cluster be empty: written where the row lies here.
@compute @workgroup_size(64)
fn draw_rows(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.k * params.width) { return; }
    let bits = random_bits(vec2u(params.key_high, params.key_low), i / params.width);
    let row = bits % params.total - params.first; // wraps where it lies before the first
    if (row < params.n) { candidates[i] = x[row * params.width + i % params.width]; }
}

fn moved(cluster: u32, at: u32) -> vec4f {
    if (members[cluster] == 0u) { return drawn[at]; }
    return select(vec4f(), centroids[at], params.damped == 1u) + sums[at];
}

// One centroid a thread: k d elements are few beside n k d products.
@compute @workgroup_size(64)
fn update(invocation: Invocation) {
    let cluster = thread_index(invocation);
    if (cluster >= params.k) { return; }
    let first = cluster * params.width;
    var squares = vec4f();
    for (var at = first; at < first + params.width; at++) {
        let value = moved(cluster, at);
        squares = fma(value, value, squares);
    }
    let squared = squares.x + squares.y + squares.z + squares.w;
    if (squared == 0.0) { return; } // no direction: the old one stays
    let factor = 1.0 / sqrt(squared);
    for (var at = first; at < first + params.width; at++) {
        centroids[at] = factor * moved(cluster, at);
    }
}
