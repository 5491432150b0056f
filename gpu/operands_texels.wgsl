// The two operands of a product, read from textures into which `texels.ts` copied them: for the
// software driver. An operand lies in rows of 4096 texels; a texel holds four elements (rgba32float)
// or one (r32float), as the kernel's `texels` says.
@group(0) @binding(0) var left: texture_2d<f32>;
@group(0) @binding(1) var right: texture_2d<f32>;

fn texel(i: u32) -> vec2u {
    return vec2u(i & 4095u, i >> 12u);
}

fn left_vec4(i: u32) -> vec4f {
    return textureLoad(left, texel(i), 0);
}

fn left_scalar(i: u32) -> f32 {
    return textureLoad(left, texel(i), 0).x;
}

fn right_vec4(i: u32) -> vec4f {
    return textureLoad(right, texel(i), 0);
}

fn right_scalar(i: u32) -> f32 {
    return textureLoad(right, texel(i), 0).x;
}
