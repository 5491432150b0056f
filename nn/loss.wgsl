// Losses of rows of k outputs, each with its gradient; an invocation a row. Rows from `state.count`
// on are padding: their loss and gradient are 0.
struct Params { b: u32, k: u32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> target_rows: array<f32>;
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> per_example: array<f32>;
@group(0) @binding(4) var<storage, read_write> dy: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// The weighted loss has one more input.
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> weighted_per_example: array<f32>;
@group(0) @binding(5) var<storage, read_write> weighted_dy: array<f32>;

// Adding up takes the losses, the state and the running total.
@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read> total_state: State;
@group(0) @binding(2) var<storage, read_write> total: array<f32, 4>;
var<workgroup> partial: array<f32, 64>;

// mean over outputs of (y - t)^2
@compute @workgroup_size(64)
fn mse(invocation: Invocation) {
    let row = thread_index(invocation);
    if (is_padding(row)) { return; }
    let slope = 2.0 / (f32(params.k) * f32(state.count));
    var sum = 0.0;
    for (var i = row * params.k; i < (row + 1u) * params.k; i++) {
        let error = y[i] - target_rows[i];
        sum += error * error;
        dy[i] = slope * error;
    }
    per_example[row] = sum / f32(params.k);
}

// mean over outputs of w (y - t)^2
@compute @workgroup_size(64)
fn weighted_mse(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= params.b) { return; }
    let valid = row < state.count;
    let slope = 2.0 / (f32(params.k) * f32(max(state.count, 1u)));
    var sum = 0.0;
    for (var i = row * params.k; i < (row + 1u) * params.k; i++) {
        let error = y[i] - target_rows[i];
        sum += weights[i] * error * error;
        weighted_dy[i] = select(0.0, slope * weights[i] * error, valid);
    }
    weighted_per_example[row] = select(0.0, sum / f32(params.k), valid);
}

// mean over outputs of max(z, 0) - z t + log(1 + exp(-|z|)), which is the cross-entropy of
// sigmoid(z) without overflow; its slope is sigmoid(z) - t
@compute @workgroup_size(64)
fn binary_cross_entropy(invocation: Invocation) {
    let row = thread_index(invocation);
    if (is_padding(row)) { return; }
    let slope = 1.0 / (f32(params.k) * f32(state.count));
    var sum = 0.0;
    for (var i = row * params.k; i < (row + 1u) * params.k; i++) {
        let logit = y[i];
        let small = exp(-abs(logit));
        let probability = select(small, 1.0, logit >= 0.0) / (1.0 + small);
        sum += max(logit, 0.0) - logit * target_rows[i] + log(1.0 + small);
        dy[i] = slope * (probability - target_rows[i]);
    }
    per_example[row] = sum / f32(params.k);
}

// sum over outputs of t (log sum exp(z) - z); its slope is softmax(z) sum t - t
@compute @workgroup_size(64)
fn categorical_cross_entropy(invocation: Invocation) {
    let row = thread_index(invocation);
    if (is_padding(row)) { return; }
    let first = row * params.k;
    let end = first + params.k;
    var largest = y[first];
    for (var i = first + 1u; i < end; i++) { largest = max(largest, y[i]); }
    var powers = 0.0;
    var mass = 0.0;
    for (var i = first; i < end; i++) {
        powers += exp(y[i] - largest);
        mass += target_rows[i];
    }
    let log_powers = log(powers);
    let slope = 1.0 / f32(state.count);
    var sum = 0.0;
    for (var i = first; i < end; i++) {
        let shifted = y[i] - largest;
        sum += target_rows[i] * (log_powers - shifted);
        dy[i] = slope * (mass * exp(shifted) / powers - target_rows[i]);
    }
    per_example[row] = sum;
}

// Whether a row has no loss; if so, that is written.
fn is_padding(row: u32) -> bool {
    if (row < min(state.count, params.b)) { return false; }
    if (row < params.b) {
        per_example[row] = 0.0;
        for (var i = row * params.k; i < (row + 1u) * params.k; i++) { dy[i] = 0.0; }
    }
    return true;
}

// One workgroup: each invocation adds every 64th loss, the first adds up their sums.
@compute @workgroup_size(64)
fn accumulate(@builtin(local_invocation_index) local: u32) {
    let count = min(total_state.count, params.b);
    var sum = 0.0;
    for (var i = local; i < count; i += 64u) { sum += losses[i]; }
    partial[local] = sum;
    workgroupBarrier();
    if (local != 0u) { return; }
    var step_sum = 0.0;
    for (var i = 0u; i < 64u; i++) { step_sum += partial[i]; }
    // Compilers may take x != x for false, so look at the exponent: all ones in infinity and NaN.
    let finite = (bitcast<u32>(step_sum) & 0x7f800000u) != 0x7f800000u;
    if (!finite && total[2] == 0.0) { total[2] = f32(total_state.step); }
    total[0] += step_sum;
    total[1] += f32(count);
}
