// One step of an optimiser on one parameter, four elements at a time; buffers are padded to vec4 and
// the padding is updated along, unseen. Everything is in place. Each right-hand side is written in
// the order in which the reference computes it; a compiler may contract a multiply and an add into
// one rounding, so drivers differ in the last bit and one driver always gives the same bits.
struct Params {
    n: u32,
    momentum: f32,           // Adam: beta1
    weight_decay: f32,
    beta2: f32,
    one_minus_beta1: f32,    // from float64: 1 - 0.999 in f32 is off by 1e-5 of itself
    one_minus_beta2: f32,
    epsilon: f32,
}

@group(0) @binding(0) var<storage, read> grad: array<vec4f>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> value: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> first: array<vec4f>;  // velocity, or Adam's m
@group(0) @binding(4) var<storage, read_write> second: array<vec4f>; // Adam's v
@group(1) @binding(0) var<uniform> params: Params;

// w <- w - lr (g + decay w)
@compute @workgroup_size(64)
fn sgd(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let w = value[i];
    let g = grad[i] + params.weight_decay * w;
    value[i] = w - state.learning_rate * g;
}

// v <- mu v - lr (g + decay w); w <- w + v
@compute @workgroup_size(64)
fn momentum(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let w = value[i];
    let g = grad[i] + params.weight_decay * w;
    let v = params.momentum * first[i] - state.learning_rate * g;
    first[i] = v;
    value[i] = w + v;
}

// v <- mu v - lr (g + decay w); w <- w + mu v - lr (g + decay w)
@compute @workgroup_size(64)
fn nesterov(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let w = value[i];
    let g = grad[i] + params.weight_decay * w;
    let descent = state.learning_rate * g;
    let v = params.momentum * first[i] - descent;
    first[i] = v;
    value[i] = w + (params.momentum * v - descent);
}

// m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
// w <- w - lr decay w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
@compute @workgroup_size(64)
fn adam(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n) { return; }
    let w = value[i];
    let g = grad[i];
    let m = params.momentum * first[i] + params.one_minus_beta1 * g;
    let v = params.beta2 * second[i] + params.one_minus_beta2 * (g * g);
    first[i] = m;
    second[i] = v;
    let direction = (m * state.correction_1) / (sqrt(v * state.correction_2) + params.epsilon);
    let decayed = w - (state.learning_rate * params.weight_decay) * w;
    value[i] = decayed - state.learning_rate * direction;
}
