// Clipping by the global norm: sums of squares over pieces of every gradient, one factor from all of
// them, then every gradient times the factor. Every sum has a fixed order.
struct Params {
    n: u32,        // elements of the gradient
    groups: u32,   // workgroups over the gradient: it gives as many partial sums
    offset: u32,   // where its partial sums begin
    total: u32,    // partial sums of all gradients
    max_norm: f32,
}

@group(0) @binding(0) var<storage, read> grad: array<vec4f>;
@group(0) @binding(0) var<storage, read> all_partials: array<f32>;
@group(0) @binding(0) var<storage, read> factor: vec4f;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> clip: vec4f;
@group(0) @binding(1) var<storage, read_write> scaled: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

var<workgroup> sums: array<f32, 64>;

// The sum over the workgroup, as a tree; to be read by thread 0.
fn sum_of_workgroup(local: u32, own: f32) -> f32 {
    sums[local] = own;
    workgroupBarrier();
    for (var stride = 32u; stride > 0u; stride >>= 1u) {
        if (local < stride) { sums[local] += sums[local + stride]; }
        workgroupBarrier();
    }
    return sums[0];
}

// partials[offset + group] = sum of the squares of every (64 groups)-th vec4 of the gradient.
@compute @workgroup_size(64)
fn sum_squares(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let whole = params.n / 4u;
    var sum = vec4f();
    for (var i = group * 64u + local; i < whole; i += params.groups * 64u) {
        let g = grad[i];
        sum += g * g;
    }
    if (group == 0u && local == 0u && whole * 4u < params.n) {
        // The last vec4 ends in padding, whose contents are undefined: keep it out of the sum.
        let rest = params.n - whole * 4u;
        let g = select(vec4f(), grad[whole], vec4u(0u, 1u, 2u, 3u) < vec4u(rest));
        sum += g * g;
    }
    let result = sum_of_workgroup(local, (sum.x + sum.y) + (sum.z + sum.w));
    if (local == 0u && group < params.groups) { partials[params.offset + group] = result; }
}

// clip = (factor, norm, maxNorm, 0). A norm that is NaN gives the factor 1, so that NaN stays in
// the gradients and is found, and infinity gives 0.
@compute @workgroup_size(64)
fn find_factor(@builtin(local_invocation_index) local: u32) {
    var sum = 0.0;
    for (var i = local; i < params.total; i += 64u) { sum += all_partials[i]; }
    let norm = sqrt(sum_of_workgroup(local, sum));
    if (local == 0u) {
        clip = vec4f(select(1.0, params.max_norm / norm, norm > params.max_norm), norm, params.max_norm, 0.0);
    }
}

// grad <- factor grad; nothing is touched when the factor is 1, as in most steps.
@compute @workgroup_size(64)
fn scale_gradient(invocation: Invocation) {
    let i = thread_index(invocation);
    if (4u * i >= params.n || factor.x == 1.0) { return; }
    scaled[i] *= factor.x;
}
