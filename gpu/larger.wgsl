// The larger of two values, and NaN where one is: `max` may return the other one, and then nothing
// would tell that a training went wrong. NaN is known by its bits, since a comparison of a value with
// itself may be folded away.

fn larger(best: f32, value: f32) -> f32 {
    let is_nan = (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
    return select(best, value, value > best || is_nan);
}

fn larger_vec2(best: vec2f, value: vec2f) -> vec2f {
    let is_nan = (bitcast<vec2u>(value) & vec2u(0x7fffffffu)) > vec2u(0x7f800000u);
    return select(best, value, (value > best) | is_nan);
}

fn larger_vec4(best: vec4f, value: vec4f) -> vec4f {
    let is_nan = (bitcast<vec4u>(value) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
    return select(best, value, (value > best) | is_nan);
}
