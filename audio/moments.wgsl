// Rows minus their mean, from some row on.
struct Params {
    rows: u32,  // rows of the result
    d: u32,     // elements of a row
    first: u32, // first row of x
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(0) var<storage, read> x4: array<vec4f>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(1) var<storage, read> mean4: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> centred: array<f32>;
@group(0) @binding(2) var<storage, read_write> centred4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn centre_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.rows * params.d) { return; }
    centred[i] = x[params.first * params.d + i] - mean[i % params.d];
}

@compute @workgroup_size(64)
fn centre_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    let width = params.d / 4u;
    if (i >= params.rows * width) { return; }
    centred4[i] = x4[params.first * width + i] - mean4[i % width];
}
