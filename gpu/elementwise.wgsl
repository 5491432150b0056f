// Arithmetic element by element.
@compute @workgroup_size(64)
fn add(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i < params.n) { result[i] = a[i] + b[i]; }
}

@compute @workgroup_size(64)
fn multiply(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i < params.n) { result[i] = a[i] * b[i]; }
}

@compute @workgroup_size(64)
fn scale(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i < params.n) { unary_result[i] = params.factor * a[i]; }
}

@compute @workgroup_size(64)
fn fill(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i < params.n) { filled[i] = vec4f(params.factor); }
}
