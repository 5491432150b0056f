// The error of predicted song factors y over all users, (yᵀ A y - 2 bᵀ y + c) / scale, and its
// gradient 2 (A y - b) / scale; a workgroup a song. A is symmetric and read down its columns, so
// that lanes run along rows of memory. Rows from `state.count` on are padding: loss and gradient 0.
struct Params { b: u32, k: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> linear: array<f32>;    // b of each song
@group(0) @binding(2) var<storage, read> quadratic: array<f32>; // k k of A, then c
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> per_example: array<f32>;
@group(0) @binding(5) var<storage, read_write> dy: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

var<workgroup> lane_sum: array<f32, 64>;

@compute @workgroup_size(64)
fn weighted_prediction_error(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    if (row >= params.b) { return; }
    let k = params.k;
    let first = row * k;
    if (row >= state.count) {
        for (var i = local; i < k; i += 64u) { dy[first + i] = 0.0; }
        if (local == 0u) { per_example[row] = 0.0; }
        return;
    }
    let matrix = row * (k * k + 1u);
    let slope = 2.0 / (params.scale * f32(state.count));
    var sum = 0.0;
    for (var i = local; i < k; i += 64u) {
        var product = 0.0;
        for (var j = 0u; j < k; j++) { product += quadratic[matrix + j * k + i] * y[first + j]; }
        let error = product - linear[first + i];
        dy[first + i] = slope * error;
        sum += y[first + i] * (error - linear[first + i]);
    }
    lane_sum[local] = sum;
    workgroupBarrier();
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        if (local < stride) { lane_sum[local] += lane_sum[local + stride]; }
        workgroupBarrier();
    }
    if (local == 0u) {
        per_example[row] = (lane_sum[0] + quadratic[matrix + k * k]) / params.scale;
    }
}
