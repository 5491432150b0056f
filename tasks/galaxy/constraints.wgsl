// From 37 free outputs to the probabilities of the decision tree; a thread does one example.
struct Params { b: u32 }

override variant: u32 = 0; // one of the five below
override q6_tree: u32 = 0; // 1: question 6 is weighted by the tree

const DIVISIVE = 0u;
const SQUARED_DIVISIVE = 1u;
const SOFTMAX = 2u;
const CLIPPED = 3u;
const NO_CONSTRAINTS = 4u;

const UNCONSTRAINED = 1u; // the word of the state for a training's first part

// A question's first column, the one after its last, and the columns whose sum is its weight; NONE
// stands for no column. In this order a weight is final before it is used.
const NONE = 99u;
const QUESTIONS = array<vec4u, 11>(
    vec4u(0u, 3u, NONE, NONE),
    vec4u(3u, 5u, 1u, NONE),
    vec4u(5u, 7u, 4u, NONE),
    vec4u(7u, 9u, 4u, NONE),
    vec4u(9u, 13u, 4u, NONE),
    vec4u(13u, 15u, 0u, 1u), // only with q6_tree
    vec4u(15u, 18u, 0u, NONE),
    vec4u(18u, 25u, 13u, NONE),
    vec4u(25u, 28u, 3u, NONE),
    vec4u(28u, 31u, 7u, NONE),
    vec4u(31u, 37u, 7u, NONE),
);
const Q6 = 5u;

const EPSILON = 1e-12; // keeps the quotient of a question without positive outputs at 0

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dz: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// Of the example of this thread.
var<private> table: array<vec4u, 11>;
var<private> input: array<f32, 37>;
var<private> share: array<f32, 37>; // of a question's own answers
var<private> output: array<f32, 37>; // share times the question's weight
var<private> denominator: array<f32, 11>;
var<private> gradient: array<f32, 37>;

// Written so that NaN stays NaN, which max and clamp would hide.
fn rectified(x: f32) -> f32 {
    return select(x, 0.0, x <= 0.0);
}

fn clipped(x: f32) -> f32 {
    return select(select(x, 1.0, x > 1.0), 0.0, x < 0.0);
}

fn is_clip_only() -> bool {
    return state.user == UNCONSTRAINED || variant == NO_CONSTRAINTS;
}

fn weight_of(q: u32) -> f32 {
    let question = table[q];
    if (question.z == NONE || (q == Q6 && q6_tree == 0u)) { return 1.0; }
    var weight = output[question.z];
    if (question.w != NONE) { weight += output[question.w]; }
    return weight;
}

fn add_to_weight_gradient(q: u32, amount: f32) {
    let question = table[q];
    if (question.z == NONE || (q == Q6 && q6_tree == 0u)) { return; }
    gradient[question.z] += amount;
    if (question.w != NONE) { gradient[question.w] += amount; }
}

// The numerator of an answer's share; largest is that of the question's inputs.
fn numerator(x: f32, largest: f32) -> f32 {
    if (variant == SOFTMAX) { return exp(x - largest); }
    if (variant == CLIPPED) { return clipped(x); }
    let positive = rectified(x);
    return select(positive, positive * positive, variant == SQUARED_DIVISIVE);
}

fn constrain(example: u32) {
    table = QUESTIONS;
    for (var i = 0u; i < 37u; i++) { input[i] = z[37u * example + i]; }
    for (var q = 0u; q < 11u; q++) {
        let first = table[q].x;
        let end = table[q].y;
        var largest = input[first];
        for (var i = first; i < end; i++) { largest = max(largest, input[i]); }
        var sum = select(EPSILON, 0.0, variant == SOFTMAX);
        for (var i = first; i < end; i++) {
            share[i] = numerator(input[i], largest);
            sum += share[i];
        }
        denominator[q] = select(sum, 1.0, variant == CLIPPED);
        let weight = weight_of(q);
        for (var i = first; i < end; i++) {
            share[i] /= denominator[q];
            output[i] = share[i] * weight;
        }
    }
}

@compute @workgroup_size(64)
fn forward(invocation: Invocation) {
    let example = thread_index(invocation);
    if (example >= params.b) { return; }
    if (is_clip_only()) {
        for (var i = 0u; i < 37u; i++) { y[37u * example + i] = clipped(z[37u * example + i]); }
        return;
    }
    constrain(example);
    for (var i = 0u; i < 37u; i++) { y[37u * example + i] = output[i]; }
}

// Both bounds let the gradient pass, so that a value on a bound is not stuck there.
fn clip_gradient(x: f32, g: f32) -> f32 {
    return select(0.0, g, x >= 0.0 && x <= 1.0);
}

// dL/dz of answer i of question q. The quotient rule's g_i - sum of g_j p_j is taken as the sum of
// (g_i - g_j) p_j, plus g_i times what the shares lack of 1: equal, but nothing cancels when one
// answer has nearly all of the question.
fn input_gradient(q: u32, i: u32) -> f32 {
    let x = input[i];
    let weight = weight_of(q);
    if (variant == CLIPPED) { return weight * clip_gradient(x, gradient[i]); }
    var difference = select(EPSILON / denominator[q] * gradient[i], 0.0, variant == SOFTMAX);
    for (var j = table[q].x; j < table[q].y; j++) {
        difference += (gradient[i] - gradient[j]) * share[j];
    }
    if (variant == SOFTMAX) { return weight * share[i] * difference; }
    let slope = select(1.0, 2.0 * x, variant == SQUARED_DIVISIVE);
    return select(0.0, weight * slope * difference / denominator[q], x > 0.0);
}

@compute @workgroup_size(64)
fn backward(invocation: Invocation) {
    let example = thread_index(invocation);
    if (example >= params.b) { return; }
    let start = 37u * example;
    if (example >= state.count) { // padding
        for (var i = 0u; i < 37u; i++) { dz[start + i] = 0.0; }
        return;
    }
    if (is_clip_only()) {
        for (var i = start; i < start + 37u; i++) { dz[i] = clip_gradient(z[i], dy[i]); }
        return;
    }
    constrain(example);
    for (var i = 0u; i < 37u; i++) { gradient[i] = dy[start + i]; }
    // Backwards, so that a weight's column has all its gradient before it is used.
    for (var k = 0u; k < 11u; k++) {
        let q = 10u - k;
        let first = table[q].x;
        let end = table[q].y;
        var inner = 0.0; // sum of dL/dy times share: the gradient of the weight
        for (var i = first; i < end; i++) { inner += gradient[i] * share[i]; }
        add_to_weight_gradient(q, inner);
        for (var i = first; i < end; i++) { dz[start + i] = input_gradient(q, i); }
    }
}
