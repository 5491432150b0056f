// Pooling over the parts of an example: [parts, b n] to [b n]. An invocation makes one output, or
// all gradients below it, or four of them.
struct Params { n: u32, parts: u32 } // n outputs of an invocation's width

const MAX = 0u;
const MEAN = 1u;
override kind: u32 = 0u; // MAX, MEAN, or else the root of the mean square
const EPSILON = 1e-8; // under the root, so that the gradient at zero is finite

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> pooled: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(0) var<storage, read> x_vec4: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> pooled_vec4: array<vec4f>;
@group(0) @binding(1) var<storage, read> y_vec4: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy_vec4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx_vec4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    var best = x[i];
    var sum = 0.0;
    for (var part = 0u; part < params.parts; part++) {
        let value = x[part * params.n + i];
        if (kind == MAX) { best = larger(best, value); }
        else if (kind == MEAN) { sum += value; }
        else { sum += value * value; }
    }
    let mean = sum / f32(params.parts);
    if (kind == MAX) { pooled[i] = best; }
    else if (kind == MEAN) { pooled[i] = mean; }
    else { pooled[i] = sqrt(mean + EPSILON); }
}

@compute @workgroup_size(64)
fn forward_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    var best = x_vec4[i];
    var sum = vec4f(0.0);
    for (var part = 0u; part < params.parts; part++) {
        let value = x_vec4[part * params.n + i];
        if (kind == MAX) { best = larger_vec4(best, value); }
        else if (kind == MEAN) { sum += value; }
        else { sum += value * value; }
    }
    let mean = sum / f32(params.parts);
    if (kind == MAX) { pooled_vec4[i] = best; }
    else if (kind == MEAN) { pooled_vec4[i] = mean; }
    else { pooled_vec4[i] = sqrt(mean + EPSILON); }
}

// The maximum gives its gradient to the first part that has it.
@compute @workgroup_size(64)
fn backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let share = dy[i] / f32(params.parts);
    var open = true;
    for (var part = 0u; part < params.parts; part++) {
        let j = part * params.n + i;
        if (kind == MAX) {
            let hit = open && x[j] == y[i];
            dx[j] = select(0.0, dy[i], hit);
            open = open && !hit;
        } else if (kind == MEAN) {
            dx[j] = share;
        } else {
            dx[j] = share * x[j] / y[i];
        }
    }
}

@compute @workgroup_size(64)
fn backward_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let gradient = dy_vec4[i];
    let share = gradient / f32(params.parts);
    let pooled_value = y_vec4[i];
    var open = vec4<bool>(true);
    for (var part = 0u; part < params.parts; part++) {
        let j = part * params.n + i;
        if (kind == MAX) {
            let hit = open & (x_vec4[j] == pooled_value);
            dx_vec4[j] = select(vec4f(0.0), gradient, hit);
            open = open & !hit;
        } else if (kind == MEAN) {
            dx_vec4[j] = share;
        } else {
            dx_vec4[j] = share * x_vec4[j] / pooled_value;
        }
    }
}
