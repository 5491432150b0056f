// The gradient before a ReLU that was fused into the product: dy where y > 0, else 0.
struct Params { n: u32 }

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dz: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn mask_relu(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i < params.n) { dz[i] = select(vec4f(), dy[i], y[i] > vec4f()); }
}
