// The gradient behind the ReLU and sums of rows: bias gradients, and chunks of any gradient. A tied
// bias has a row of f elements for every image and position, an untied one a row of (oh, ow, f)
// elements for every image. `left` is dy and `right` is y, [rows, n].
struct Params {
    rows: u32,       // rows in all
    n: u32,          // elements of a row
    chunks: u32,     // groups of rows, each summed by itself
    chunk_rows: u32, // rows in a group
}

@group(0) @binding(1) var<storage, read_write> sum_only: array<vec4f>; // [chunks, n / 4]
@group(0) @binding(1) var<storage, read_write> sum_only_scalar: array<f32>;
@group(0) @binding(2) var<storage, read_write> masked: array<vec4f>;   // [rows, n / 4]
@group(0) @binding(2) var<storage, read_write> masked_scalar: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;     // [chunks, n / 4]
@group(0) @binding(3) var<storage, read_write> sums_scalar: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// Rows of a chunk: first and last + 1.
fn rows_of(chunk: u32) -> vec2u {
    return min(vec2u(chunk, chunk + 1u) * params.chunk_rows, vec2u(params.rows));
}

// Sums of rows, chunk by chunk, in order.
@compute @workgroup_size(64)
fn sum_rows(invocation: Invocation) {
    let i = thread_index(invocation);
    let n = params.n / 4u;
    if (i >= params.chunks * n) { return; }
    let rows = rows_of(i / n);
    var sum = vec4f();
    for (var row = rows.x; row < rows.y; row++) { sum += left_vec4(row * n + i % n); }
    sum_only[i] = sum;
}

@compute @workgroup_size(64)
fn sum_rows_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.chunks * params.n) { return; }
    let rows = rows_of(i / params.n);
    var sum = 0.0;
    for (var row = rows.x; row < rows.y; row++) { sum += left_scalar(row * params.n + i % params.n); }
    sum_only_scalar[i] = sum;
}

// The gradient behind the ReLU, dy where y > 0, and its sums of rows in the same pass.
@compute @workgroup_size(64)
fn mask(invocation: Invocation) {
    let i = thread_index(invocation);
    let n = params.n / 4u;
    if (i >= params.chunks * n) { return; }
    let rows = rows_of(i / n);
    var sum = vec4f();
    for (var row = rows.x; row < rows.y; row++) {
        let at = row * n + i % n;
        let value = select(vec4f(), left_vec4(at), right_vec4(at) > vec4f());
        masked[at] = value;
        sum += value;
    }
    sums[i] = sum;
}

@compute @workgroup_size(64)
fn mask_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.chunks * params.n) { return; }
    let rows = rows_of(i / params.n);
    var sum = 0.0;
    for (var row = rows.x; row < rows.y; row++) {
        let at = row * params.n + i % params.n;
        let value = select(0.0, left_scalar(at), right_scalar(at) > 0.0);
        masked_scalar[at] = value;
        sum += value;
    }
    sums_scalar[i] = sum;
}
