// In-batch softmax of user vectors over songs: logit[r, j] = x_r · y_j / temperature with both of
// unit length, loss[r] = -log softmax(logit[r])[r]. Rows from `state.count` on are padding: their
// loss and gradient are 0, and they are no candidates.
struct Params { b: u32, k: u32, temperature: f32 }

@group(1) @binding(0) var<uniform> params: Params;

// Rows to unit length.
@group(0) @binding(0) var<storage, read> rows: array<f32>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> unit: array<f32>;
@group(0) @binding(3) var<storage, read_write> length_out: array<f32>;

// Losses, and slopes of the losses by the logits.
@group(0) @binding(0) var<storage, read> users: array<f32>;
@group(0) @binding(1) var<storage, read> songs: array<f32>;
@group(0) @binding(2) var<storage, read> loss_state: State;
@group(0) @binding(3) var<storage, read_write> per_example: array<f32>;
@group(0) @binding(4) var<storage, read_write> slopes_out: array<f32>;

// Gradient by the songs before they had unit length.
@group(0) @binding(2) var<storage, read> slopes: array<f32>;
@group(0) @binding(3) var<storage, read> lengths: array<f32>;
@group(0) @binding(4) var<storage, read> gradient_state: State;
@group(0) @binding(5) var<storage, read_write> dy: array<f32>;

// Shorter vectors are divided by this instead of their length.
const SHORTEST = 1e-6;
const LOWEST = -3.4028234e38;

var<workgroup> lane_value: array<f32, 64>;

// Pairwise over the lanes. All lanes call it.
fn sum_of_lanes(local: u32, mine: f32) -> f32 {
    workgroupBarrier(); // until all have read the result before
    lane_value[local] = mine;
    workgroupBarrier();
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        if (local < stride) { lane_value[local] += lane_value[local + stride]; }
        workgroupBarrier();
    }
    return lane_value[0];
}

fn largest_of_lanes(local: u32, mine: f32) -> f32 {
    lane_value[local] = mine;
    workgroupBarrier();
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        if (local < stride) {
            lane_value[local] = max(lane_value[local], lane_value[local + stride]);
        }
        workgroupBarrier();
    }
    return lane_value[0];
}

// ---- A row a workgroup
// ---------------------------------------------------------------------------

@compute @workgroup_size(64)
fn normalise(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    if (row >= min(params.b, state.count)) { return; } // padding is never read
    let first = row * params.k;
    var squares = 0.0;
    for (var i = first + local; i < first + params.k; i += 64u) { squares += rows[i] * rows[i]; }
    let length = sqrt(sum_of_lanes(local, squares));
    for (var i = first + local; i < first + params.k; i += 64u) {
        unit[i] = rows[i] / max(length, SHORTEST);
    }
    if (local == 0u) { length_out[row] = length; }
}

@compute @workgroup_size(64)
fn in_batch_softmax(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    if (row >= params.b) { return; }
    let count = min(params.b, loss_state.count);
    if (row >= count) {
        if (local == 0u) { per_example[row] = 0.0; }
        return;
    }
    let first = row * params.b;
    var largest = LOWEST;
    for (var j = local; j < count; j += 64u) {
        var product = 0.0;
        for (var i = 0u; i < params.k; i++) {
            product += users[row * params.k + i] * songs[j * params.k + i];
        }
        let logit = product / params.temperature;
        slopes_out[first + j] = logit;
        largest = max(largest, logit);
    }
    largest = largest_of_lanes(local, largest);
    var powers = 0.0;
    for (var j = local; j < count; j += 64u) { powers += exp(slopes_out[first + j] - largest); }
    let all = sum_of_lanes(local, powers);
    for (var j = local; j < count; j += 64u) {
        let shifted = slopes_out[first + j] - largest;
        if (j == row) { per_example[row] = log(all) - shifted; }
        slopes_out[first + j] = exp(shifted) / all - select(0.0, 1.0, j == row);
    }
}

// What lies along the song itself changes its length only, so it is taken out.
@compute @workgroup_size(64)
fn song_gradient(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let song = workgroup_index(workgroup);
    if (song >= params.b) { return; }
    let count = min(params.b, gradient_state.count);
    let first = song * params.k;
    if (song >= count) {
        for (var i = first + local; i < first + params.k; i += 64u) { dy[i] = 0.0; }
        return;
    }
    var along = 0.0;
    for (var i = local; i < params.k; i += 64u) {
        var sum = 0.0;
        for (var row = 0u; row < count; row++) {
            sum += slopes[row * params.b + song] * users[row * params.k + i];
        }
        dy[first + i] = sum;
        along += sum * songs[first + i];
    }
    let length = lengths[song];
    let taken = select(0.0, sum_of_lanes(local, along), length > SHORTEST);
    let factor = 1.0 / (params.temperature * f32(count) * max(length, SHORTEST));
    for (var i = first + local; i < first + params.k; i += 64u) {
        dy[i] = factor * (dy[i] - taken * songs[i]);
    }
}
