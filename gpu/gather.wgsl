// Rows by index, and the gradient of that. An index outside stands for a row of zeros.
struct Params {
    n: u32,     // rows of the table
    m: u32,     // indices
    width: u32, // elements of a row: scalars, or vec4
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(0) var<storage, read> x4: array<vec4f>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> index4: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<storage, read_write> result4: array<vec4f>;
// Sorted: the places of row r in the list are order[starts[r]] to order[starts[r + 1] - 1].
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> sorted_result: array<f32>;
@group(0) @binding(3) var<storage, read_write> sorted_result4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn gather_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.m * params.width) { return; }
    let row = index[i / params.width];
    var value = 0.0;
    if (row < params.n) { value = x[row * params.width + i % params.width]; }
    result[i] = value;
}

@compute @workgroup_size(64)
fn gather_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.m * params.width) { return; }
    let row = index[i / params.width];
    var value = vec4f();
    if (row < params.n) { value = x4[row * params.width + i % params.width]; }
    result4[i] = value;
}

// ---- The gradient: each row of the table scans the list in order ---------------------------------

// Which of four places of the list name a row; the last may lie past the end, where memory is undefined.
fn named(at: u32, row: u32) -> vec4<bool> {
    return (index4[at / 4u] == vec4u(row)) & (vec4u(at) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.m));
}

@compute @workgroup_size(64)
fn scatter_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n * params.width) { return; }
    let row = i / params.width;
    let column = i % params.width;
    var sum = 0.0;
    for (var at = 0u; at < params.m; at += 4u) {
        let found = named(at, row);
        if (found.x) { sum += x[at * params.width + column]; }
        if (found.y) { sum += x[(at + 1u) * params.width + column]; }
        if (found.z) { sum += x[(at + 2u) * params.width + column]; }
        if (found.w) { sum += x[(at + 3u) * params.width + column]; }
    }
    result[i] = sum;
}

@compute @workgroup_size(64)
fn scatter_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n * params.width) { return; }
    let row = i / params.width;
    let column = i % params.width;
    var sum = vec4f();
    for (var at = 0u; at < params.m; at += 4u) {
        let found = (index4[at / 4u] == vec4u(row)) &
            (vec4u(at) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.m));
        if (found.x) { sum += x4[at * params.width + column]; }
        if (found.y) { sum += x4[(at + 1u) * params.width + column]; }
        if (found.z) { sum += x4[(at + 2u) * params.width + column]; }
        if (found.w) { sum += x4[(at + 3u) * params.width + column]; }
    }
    result4[i] = sum;
}

// ---- The gradient with the list sorted on the host -----------------------------------------------

@compute @workgroup_size(64)
fn sorted_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n * params.width) { return; }
    let row = i / params.width;
    var sum = 0.0;
    for (var at = starts[row]; at < min(starts[row + 1u], params.m); at++) {
        sum += x[order[at] * params.width + i % params.width];
    }
    sorted_result[i] = sum;
}

@compute @workgroup_size(64)
fn sorted_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n * params.width) { return; }
    let row = i / params.width;
    var sum = vec4f();
    for (var at = starts[row]; at < min(starts[row + 1u], params.m); at++) {
        sum += x4[order[at] * params.width + i % params.width];
    }
    sorted_result4[i] = sum;
}
