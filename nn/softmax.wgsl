// Softmax of rows.

struct Params { rows: u32, k: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// An invocation a row: y = exp(x - max x) / sum exp(x - max x).
@compute @workgroup_size(64)
fn softmax(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= params.rows) { return; }
    let first = row * params.k;
    let end = first + params.k;
    var largest = x[first];
    for (var i = first + 1u; i < end; i++) { largest = max(largest, x[i]); }
    var sum = 0.0;
    for (var i = first; i < end; i++) {
        let power = exp(x[i] - largest);
        result[i] = power;
        sum += power;
    }
    for (var i = first; i < end; i++) { result[i] /= sum; }
}

// dx = y (dy - sum y dy)
@compute @workgroup_size(64)
fn softmax_backward(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= params.rows) { return; }
    let first = row * params.k;
    let end = first + params.k;
    var sum = 0.0;
    for (var i = first; i < end; i++) { sum += y[i] * dy[i]; }
    for (var i = first; i < end; i++) { dx[i] = y[i] * (dy[i] - sum); }
}
