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
