// Columns of a dense weight [d, k] brought back to a largest root mean square, in place. A thread
// owns a column, or four side by side where k is a multiple of 4, so lanes run along rows of memory.
struct Params {
    d: u32,
    k: u32,
    every: u32,  // 0: always
    limit: f32,
}

@group(0) @binding(0) var<storage, read> state: State; // undefined when every is 0
@group(0) @binding(1) var<storage, read_write> weight: array<f32>;
@group(0) @binding(1) var<storage, read_write> weight4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

// Rows whose squares are added up before they join the sum: shorter chains of rounding.
const BLOCK = 32u;

fn is_due() -> bool {
    return params.every == 0u || state.step % max(params.every, 1u) == 0u;
}

@compute @workgroup_size(64)
fn max_norm(invocation: Invocation) {
    let column = thread_index(invocation);
    if (column >= params.k || !is_due()) { return; }
    var sum = 0.0;
    for (var block = 0u; block < params.d; block += BLOCK) {
        var part = 0.0;
        for (var row = block; row < min(block + BLOCK, params.d); row++) {
            let w = weight[row * params.k + column];
            part += w * w;
        }
        sum += part;
    }
    let root = sqrt(sum / f32(params.d));
    if (root <= params.limit) { return; }
    let factor = params.limit / root;
    for (var row = 0u; row < params.d; row++) { weight[row * params.k + column] *= factor; }
}

@compute @workgroup_size(64)
fn max_norm_vec4(invocation: Invocation) {
    let column = thread_index(invocation);
    let k = params.k / 4u;
    if (column >= k || !is_due()) { return; }
    var sum = vec4f();
    for (var block = 0u; block < params.d; block += BLOCK) {
        var part = vec4f();
        for (var row = block; row < min(block + BLOCK, params.d); row++) {
            let w = weight4[row * k + column];
            part += w * w;
        }
        sum += part;
    }
    let root = sqrt(sum / f32(params.d));
    if (all(root <= vec4f(params.limit))) { return; }
    // Columns within the limit keep their bits: a factor of exactly 1.
    let factor = select(vec4f(1.0), params.limit / root, root > vec4f(params.limit));
    for (var row = 0u; row < params.d; row++) { weight4[row * k + column] *= factor; }
}
