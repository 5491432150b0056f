// x times the logistic function of x, element by element.
struct Params { n: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i < params.n) { y[i] = x[i] / (1.0 + exp(-x[i])); }
}

// With s the logistic function of x: dy (s + x s (1 - s)).
@compute @workgroup_size(64)
fn backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let s = 1.0 / (1.0 + exp(-x[i]));
    dx[i] = dy[i] * (s + x[i] * s * (1.0 - s));
}
