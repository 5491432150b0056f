// Element by element, four at a time; buffers are padded to vec4.
struct Params { n: u32, factor: f32 }

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> unary_result: array<vec4f>;
@group(0) @binding(0) var<storage, read_write> filled: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

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
