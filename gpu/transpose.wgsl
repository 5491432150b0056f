// [outer, first, middle, second, inner] to [outer, second, middle, first, inner].
struct Params { outer: u32, first: u32, middle: u32, second: u32, inner: u32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(0) var<storage, read> x4: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(1) var<storage, read_write> result4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

// Where an element of the result comes from.
fn source_of(target_index: u32) -> u32 {
    let inner = target_index % params.inner;
    var rest = target_index / params.inner;
    let first = rest % params.first;
    rest /= params.first;
    let middle = rest % params.middle;
    rest /= params.middle;
    let second = rest % params.second;
    let outer = rest / params.second;
    let row = (outer * params.first + first) * params.middle + middle;
    return (row * params.second + second) * params.inner + inner;
}

fn size() -> u32 {
    return params.outer * params.first * params.middle * params.second * params.inner;
}

@compute @workgroup_size(64)
fn swap_scalar(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i < size()) { result[i] = x[source_of(i)]; }
}

// `inner` counts vec4.
@compute @workgroup_size(64)
fn swap_vec4(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i < size()) { result4[i] = x4[source_of(i)]; }
}

// `inner` is 1, `first` and `second` are multiples of 4: a thread turns 4 x 4 values, a workgroup
// 32 x 32, so that both reads and writes come in runs of 32.
@compute @workgroup_size(64)
fn swap_blocks(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let first_quads = params.first / 4u;
    let second_quads = params.second / 4u;
    let across = (first_quads + 7u) / 8u;
    let down = (second_quads + 7u) / 8u;
    let group = workgroup_index(workgroup);
    let first = (group % across) * 8u + local % 8u;
    let second = (group / across % down) * 8u + local / 8u;
    let plane = group / (across * down);
    let outer = plane / params.middle;
    let middle = plane % params.middle;
    if (first >= first_quads || second >= second_quads || outer >= params.outer) { return; }
    let source_step = params.middle * second_quads;
    let source = (outer * params.first + 4u * first) * source_step + middle * second_quads + second;
    let block = transpose(mat4x4f(
        x4[source],
        x4[source + source_step],
        x4[source + 2u * source_step],
        x4[source + 3u * source_step],
    ));
    let target_step = params.middle * first_quads;
    let start = (outer * params.second + 4u * second) * target_step + middle * first_quads + first;
    result4[start] = block[0];
    result4[start + target_step] = block[1];
    result4[start + 2u * target_step] = block[2];
    result4[start + 3u * target_step] = block[3];
}
