// Dropout, four elements at a time; buffers are padded to vec4. The mask is drawn from the step's
// key, the same in both directions, and is never stored.
struct Params { n: u32, label_hash: u32, rate: f32, scale: f32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

fn uniform_vec4(random: vec4u) -> vec4f {
    return vec4f(
        uniform_from_bits(random.x),
        uniform_from_bits(random.y),
        uniform_from_bits(random.z),
        uniform_from_bits(random.w),
    );
}

// y = x scale where kept, else 0; with dy for x the same gives dx for y.
@compute @workgroup_size(64)
fn apply_mask(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let stream = fold_key(state.key, params.label_hash);
    let kept = uniform_vec4(random_bits_vec4(stream, i)) >= vec4f(params.rate);
    y[i] = select(vec4f(0.0), x[i] * params.scale, kept);
}
