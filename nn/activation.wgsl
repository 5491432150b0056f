// Activations, over `gpu/pointwise.wgsl`. Forward a is x; backward a is y and b is dy. The factor is the
// slope of the leaky ReLU.

// A comparison rather than max(x, 0), which may hide a NaN.
@compute @workgroup_size(64)
fn relu(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let value = a[i];
    unary_result[i] = select(value, vec4f(0.0), value <= vec4f(0.0));
}

@compute @workgroup_size(64)
fn relu_backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    result[i] = select(vec4f(0.0), b[i], a[i] > vec4f(0.0));
}

@compute @workgroup_size(64)
fn leaky_relu(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let value = a[i];
    unary_result[i] = select(params.factor * value, value, value > vec4f(0.0));
}

// A positive slope keeps the sign, so y tells which branch x took.
@compute @workgroup_size(64)
fn leaky_relu_backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    result[i] = select(params.factor * b[i], b[i], a[i] > vec4f(0.0));
}

// exp of a negative number only, so that nothing overflows.
@compute @workgroup_size(64)
fn sigmoid(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let value = a[i];
    let small = exp(-abs(value));
    unary_result[i] = select(small, vec4f(1.0), value >= vec4f(0.0)) / (1.0 + small);
}

@compute @workgroup_size(64)
fn sigmoid_backward(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    result[i] = b[i] * a[i] * (1.0 - a[i]);
}

// ---- Softmax of rows -----------------------------------------------------------------------------

struct RowParams { rows: u32, k: u32 }

@group(0) @binding(0) var<storage, read> x_rows: array<f32>;
@group(0) @binding(1) var<storage, read_write> result_rows: array<f32>;
@group(0) @binding(0) var<storage, read> y_rows: array<f32>;
@group(0) @binding(1) var<storage, read> dy_rows: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx_rows: array<f32>;
@group(1) @binding(0) var<uniform> row_params: RowParams;

// An invocation a row: y = exp(x - max x) / sum exp(x - max x).
@compute @workgroup_size(64)
fn softmax(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= row_params.rows) { return; }
    let first = row * row_params.k;
    let end = first + row_params.k;
    var largest = x_rows[first];
    for (var i = first + 1u; i < end; i++) { largest = max(largest, x_rows[i]); }
    var sum = 0.0;
    for (var i = first; i < end; i++) {
        let power = exp(x_rows[i] - largest);
        result_rows[i] = power;
        sum += power;
    }
    for (var i = first; i < end; i++) { result_rows[i] /= sum; }
}

// dx = y (dy - sum y dy)
@compute @workgroup_size(64)
fn softmax_backward(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= row_params.rows) { return; }
    let first = row * row_params.k;
    let end = first + row_params.k;
    var sum = 0.0;
    for (var i = first; i < end; i++) { sum += y_rows[i] * dy_rows[i]; }
    for (var i = first; i < end; i++) { dx_rows[i] = y_rows[i] * (dy_rows[i] - sum); }
}
