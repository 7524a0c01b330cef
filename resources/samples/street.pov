// A street corner for trying NaLaSR on: brick, joinery, lettering, cloth, ironwork, leaves. CC0, see README.md.
#version 3.7;

global_settings {
  assumed_gamma 1.0
  max_trace_level 9
  radiosity {
    pretrace_start 0.08 pretrace_end 0.01
    count 70 nearest_count 6 error_bound 0.8 low_error_factor 0.7 recursion_limit 2
    gray_threshold 0.1 minimum_reuse 0.012 brightness 1.0
    always_sample off
  }
}

#include "street.inc"
#declare Serif = "DejaVuSerif-Bold.ttf";
#declare SerifCondensed = "DejaVuSerifCondensed-Bold.ttf";
#declare Sans = "DejaVuSansCondensed-Bold.ttf";
#declare Script = "DejaVuSerifCondensed-BoldItalic.ttf";

// ---------------------------------------------------------------- light and camera
// Late summer afternoon: sun over the left shoulder, blue sky filling the shade.
#declare ToSun = vnormalize(<-0.60, 0.66, -0.62>);
light_source {
  ToSun * 120, rgb <1.0, 0.875, 0.69> * 1.85
  area_light x * 1.5, z * 1.5, 5, 5 adaptive 1 circular orient
}
sky_sphere {
  pigment { gradient y color_map { [0.0 rgb <0.78, 0.82, 0.86> * 0.95] [0.25 rgb <0.50, 0.64, 0.86> * 0.95] [1 rgb <0.22, 0.38, 0.74> * 0.9] } }
  pigment {
    wrinkles turbulence 0.6 octaves 5
    color_map { [0 rgbt 1] [0.48 rgbt 1] [0.75 rgbt <1, 0.98, 0.95, 0.35> * <1.0, 1.0, 1.0, 1>] [1 rgbt <0.95, 0.94, 0.93, 0.15>] }
    scale <0.9, 0.28, 0.9>
  }
}

// A shift lens: the camera looks level, so that verticals stay vertical, and the picture plane is moved up.
#declare Eye = <-2.6, 1.80, -8.6>;
#declare Yaw = 16;
#declare Shift = 0.050;
camera {
  location Eye
  right vrotate(x, y * Yaw) * 4 / 3
  up y
  direction vrotate(<0, Shift, 1>, y * Yaw) * (4 / 3) / (2 * tan(radians(25.5)))
}
// A point by its place in the picture: U, V from -1 to 1, at depth D.
#macro InFrame(U, V, D)
  (Eye + vrotate(<U * tan(radians(25.5)) * D, (Shift + V * 0.75 * tan(radians(25.5))) * D, D>, y * Yaw))
#end

// ---------------------------------------------------------------- the brick house
Opening(-3.40, 1.95, -1, 3.18)
Opening(-2.83, -1.87, 3.72, 5.14)
Opening(-1.03, -0.07, 3.72, 5.14)
Opening(0.77, 1.73, 3.72, 5.14)
BrickWall(-4.6, 2.95, 0.30, 6.3)
box { <-4.6, 0, -0.05> <-3.40, 0.30, 0.2> texture { T_Stone } }
box { <1.95, 0, -0.05> <2.95, 0.30, 0.2> texture { T_Stone translate 4 } }
// String course with a drip.
union {
  box { <-4.6, 3.33, -0.05> <2.95, 3.43, 0.1> }
  box { <-4.6, 3.43, -0.09> <2.95, 3.475, 0.1> }
  texture { T_Stone translate 7 }
}
#declare I = 0;
#while (I < 3)
  #declare Xw = -2.83 + 1.80 * I;
  SashWindow(Xw, 3.72, 0.96, 1.42, 0.80 - 0.13 * mod(I * 2, 3))
  FlatArch(Xw + 0.48, 5.14, 0.96, 0.26)
  Sill(Xw, Xw + 0.96, 3.72)
  #declare I = I + 1;
#end
FlowerBox(-2.80, -1.90, 3.73, -0.14, <0.62, 0.03, 0.03>)
FlowerBox(0.80, 1.70, 3.73, -0.14, <0.75, 0.16, 0.30>)
object { BalconyRail(1.16, 0.62) translate <-1.13, 3.72, -0.13> }

// ---------------------------------------------------------------- the shop front
#declare Green = <0.022, 0.085, 0.062>;
#macro Pilaster(X)
  union {
    box { <X - 0.12, 0, -0.10> <X + 0.12, 0.32, 0.1> }
    box { <X - 0.105, 0.32, -0.08> <X + 0.105, 2.72, 0.1> }
    #local K = 0;
    #while (K < 4)  // flutes stand proud, as reeds
      cylinder { <X - 0.066 + K * 0.044, 0.42, -0.08> <X - 0.066 + K * 0.044, 2.55, -0.08>, 0.014 }
      #local K = K + 1;
    #end
    box { <X - 0.13, 2.60, -0.11> <X + 0.13, 2.66, 0.1> }
    box { <X - 0.145, 2.66, -0.13> <X + 0.145, 2.76, 0.1> }
    Paint(Green)
  }
#end
Pilaster(-3.28) Pilaster(0.50) Pilaster(1.83)
// Fascia and cornice.
union {
  box { <-3.40, 2.74, -0.07> <1.95, 3.18, 0.15> }
  box { <-3.44, 3.14, -0.13> <1.99, 3.19, 0.1> }
  box { <-3.48, 3.19, -0.18> <2.03, 3.245, 0.1> }
  box { <-3.52, 3.245, -0.23> <2.07, 3.285, 0.1> }
  #declare I = 0;
  #while (I < 38)
    box { <-3.42 + I * 0.1445, 3.10, -0.12> <-3.36 + I * 0.1445, 3.145, 0> }
    #declare I = I + 1;
  #end
  Paint(Green)
}
difference {  // gilt line round the lettering
  box { <-3.30, 2.80, -0.076> <1.85, 3.06, -0.06> }
  box { <-3.288, 2.812, -1> <1.838, 3.048, 1> }
  texture { T_Gold }
}
object { Words("QUILL & BEAN", Serif, 0.235, 0.05) translate <-1.95, 2.928, -0.088> texture { T_Gold } }
object { Words("BOOKS", SerifCondensed, 0.165, 0.08) translate <-0.05, 2.925, -0.086> texture { T_Gold } }
object { Words("COFFEE", SerifCondensed, 0.165, 0.08) translate <1.02, 2.925, -0.086> texture { T_Gold } }
sphere { 0, 0.026 scale <1, 1, 0.4> translate <0.42, 2.928, -0.08> texture { T_Gold } }

// The display window: three lights with small panes above, over a tiled riser.
#declare I = 0;
#while (I < 3)
  union {
    object { Lattice(1.155, 1.62, 1, 1, 0.045, 0, 0.07) Paint(Green) }
    object { Panes(1.155, 1.62, 1, 1, 0.03) }
    object { Lattice(1.155, 0.52, 3, 1, 0.04, 0.025, 0.07) Paint(Green) translate y * 1.60 }
    object { Panes(1.155, 0.52, 3, 1, 0.03) translate y * 1.60 }
    translate <-3.15 + I * 1.165, 0.62, 0.0>
  }
  #declare I = I + 1;
#end
box { <-3.40, 0.555, -0.09> <0.50, 0.62, 0.2> Paint(Green) }
box { <-3.40, 0, -0.055> <0.50, 0.13, 0.2> texture { T_Stone translate 2 } }
box { <-3.40, 0.1, -0.036> <0.50, 0.60, 0.2> pigment { rgb <0.45, 0.42, 0.36> } }
#declare I = 0;
#while (I < 33)
  #declare J = 0;
  #while (J < 4)
    #switch (mod(I + 2 * J, 4))
      #case (0) #declare C = <0.03, 0.20, 0.19>; #break
      #case (2) #declare C = <0.60, 0.38, 0.10>; #break
      #else #declare C = <0.72, 0.68, 0.56>;
    #end
    superellipsoid {
      <0.06, 0.06> scale <0.0505, 0.0505, 0.012>
      rotate <Rnd(-0.5, 0.5), Rnd(-0.5, 0.5), Rnd(-0.3, 0.3)>
      translate <-3.14 + I * 0.1075, 0.185 + J * 0.1055, -0.036>
      texture {
        pigment { bozo color_map { [0 rgb C * 0.85] [1 rgb C * 1.1] } scale 0.05 translate <I, J, 0> * 3 }
        finish { diffuse 0.75 specular 0.6 roughness 0.004 reflection { 0.03, 0.4 falloff 4 } }
      }
    }
    #declare J = J + 1;
  #end
  #declare I = I + 1;
#end

// The door: two panels below, glass above, a fanlight over it.
union {
  box { <0.61, 0, 0.02> <1.72, 0.07, 0.35> texture { T_Stone translate 3 } }
  union {
    box { <0.60, 0, 0.0> <0.67, 2.76, 0.2> }
    box { <1.66, 0, 0.0> <1.73, 2.76, 0.2> }
    box { <0.60, 2.16, 0.0> <1.73, 2.24, 0.2> }
    object { Lattice(0.99, 0.52, 5, 1, 0.03, 0.022, 0.06) translate <0.67, 2.23, 0.06> }
    box { <0.70, 0.08, 0.13> <1.63, 0.86, 0.17> }
    object { Panel(0.78, 1.14, 0.18, 0.78, 0.13) }
    object { Panel(1.19, 1.55, 0.18, 0.78, 0.13) }
    object { Lattice(0.93, 1.32, 2, 3, 0.10, 0.028, 0.04) translate <0.70, 0.84, 0.13> }
    Paint(<0.36, 0.035, 0.03>)
  }
  object { Panes(0.93, 1.32, 2, 3, 0.15) translate <0.70, 0.84, 0> }
  object { Panes(0.99, 0.52, 5, 1, 0.09) translate <0.67, 2.23, 0> }
  box { <0.79, 0.90, 0.125> <1.54, 0.93, 0.131> texture { T_Gold } }
  union {
    sphere { <1.585, 1.04, 0.085>, 0.027 }
    cylinder { <1.585, 1.04, 0.09> <1.585, 1.04, 0.14>, 0.012 }
    box { <0.97, 0.955, 0.122> <1.36, 0.995, 0.131> }
    box { <0.72, 0.10, 0.124> <1.61, 0.165, 0.131> }
    texture { T_Gold }
  }
  object { Words("14", Serif, 0.19, 0) translate <1.165, 2.47, 0.05> texture { T_Gold } }
  union {  // the OPEN board on its string
    box { <-0.19, -0.07, 0> <0.19, 0.07, 0.008> texture { pigment { rgb <0.78, 0.74, 0.64> } finish { diffuse 0.8 } } }
    object { Words("OPEN", Sans, 0.135, 0.03) translate <0, 0.0, -0.004> texture { pigment { rgb <0.45, 0.03, 0.03> } finish { diffuse 0.8 } } }
    translate <1.17, 1.56, 0.115>
  }
}

// Inside: shelves to the ceiling, books on the sill, warm lamps.
#macro Book(W, H, D)
  box { <0, 0, 0> <W, H, D>
    texture { pigment { rgb <0.05, 0.04, 0.03> + pow(rand(R), 2) * (<0.42, 0.30, 0.20> + <Rnd(-0.15, 0.22), Rnd(-0.2, 0.1), Rnd(-0.15, 0.12)>) } finish { diffuse 0.8 specular 0.1 } } }
#end
difference {
  box { <-3.5, -0.1, 0.2> <2.0, 3.1, 3.0> }
  box { <-3.4, 0.0, 0.1> <1.93, 2.98, 2.9> }
  texture { pigment { rgb <0.50, 0.40, 0.28> } finish { diffuse 0.8 } }
}
#declare Y = 0.35;
#while (Y < 2.8)
  box { <-3.4, Y - 0.025, 1.75> <1.9, Y, 2.1> texture { T_Wood } }
  #declare X = -3.35;
  #while (X < 1.85)
    #declare W = Rnd(0.022, 0.06);
    object { Book(W - 0.002, Rnd(0.19, 0.29), 0.2) rotate z * (rand(R) > 0.93 ? -9 : 0) translate <X, Y, 1.80> }
    #declare X = X + W + (rand(R) > 0.97 ? 0.12 : 0);
  #end
  #declare Y = Y + 0.36;
#end
#declare I = 0;
#while (I < 7)
  box { <-3.4 + I * 0.88, 0, 1.74> <-3.36 + I * 0.88, 2.9, 2.1> texture { T_Wood } }
  #declare I = I + 1;
#end
box { <-3.4, 0.58, 0.1> <0.5, 0.60, 0.75> texture { T_Wood } }
#declare X = -3.05;
#while (X < 0.25)
  #if (rand(R) > 0.35)
    object { Book(Rnd(0.17, 0.22), Rnd(0.24, 0.31), 0.03) rotate x * 14 rotate y * Rnd(-12, 12) translate <X, 0.60, Rnd(0.22, 0.34)> }
    #declare X = X + 0.26;
  #else
    #declare K = 0;
    #while (K < 5)
      object { Book(0.23, 0.035, 0.17) rotate y * Rnd(-10, 10) translate <X, 0.60 + K * 0.036, 0.30> }
      #declare K = K + 1;
    #end
    #declare X = X + 0.29;
  #end
#end
#declare I = 0;
#while (I < 4)
  union {
    sphere { <0, 0, 0>, 0.085 texture { pigment { rgb <1, 0.86, 0.62> } finish { emission 2.2 diffuse 0 } } }
    cylinder { <0, 0.06, 0> <0, 0.8, 0>, 0.006 texture { T_Iron } }
    cone { <0, 0.05, 0>, 0.10 <0, 0.14, 0>, 0.03 open texture { T_Gold } }
    translate <-2.75 + I * 1.15, 2.05, 1.05>
    no_shadow
  }
  #declare I = I + 1;
#end
light_source { <-1.6, 2.5, 0.95> rgb <1.0, 0.74, 0.42> * 0.5 fade_distance 2.2 fade_power 2 }
light_source { <1.0, 2.5, 0.95> rgb <1.0, 0.74, 0.42> * 0.4 fade_distance 2.0 fade_power 2 }

Awning(-3.30, 0.38, 2.735, 0.56, 1.02, 19, <0.27, 0.026, 0.038>, <0.74, 0.69, 0.58>)

// ---------------------------------------------------------------- on the brick pier: lantern, downpipe, ivy
union {
  Tube(<2.42, 2.72, 0>, <2.42, 2.72, -0.24>, 0.012)
  torus { 0.10, 0.008 rotate z * 90 translate <2.42, 2.62, -0.10> }
  box { <2.38, 2.45, -0.015> <2.46, 2.82, 0.0> }
  #declare I = 0;
  #while (I < 4)
    cylinder { <0.065, 0, 0.065>, <0.095, 0.27, 0.095>, 0.007 rotate y * I * 90 translate <2.42, 2.36, -0.24> }
    #declare I = I + 1;
  #end
  cone { <2.42, 2.63, -0.24>, 0.15 <2.42, 2.70, -0.24>, 0.03 }
  cone { <2.42, 2.33, -0.24>, 0.03 <2.42, 2.37, -0.24>, 0.10 }
  texture { T_Iron }
}
sphere { 0, 0.04 scale <1, 1.8, 1> translate <2.42, 2.47, -0.24> texture { pigment { rgb <1, 0.88, 0.66> } finish { emission 0.9 diffuse 0.5 } } }
union {
  cylinder { <2.90, 0, -0.09> <2.90, 6.4, -0.09>, 0.045 }
  cylinder { <2.90, 1.30, -0.09> <2.90, 1.38, -0.09>, 0.055 }
  cylinder { <2.90, 3.20, -0.09> <2.90, 3.28, -0.09>, 0.055 }
  cylinder { <2.90, 4.70, -0.09> <2.90, 4.78, -0.09>, 0.055 }
  Paint(<0.10, 0.11, 0.11>)
}
Ivy(2.98, 2.12, 0.05, 2.3, 1500, 0.085)
Ivy(2.84, 3.28, 0.05, 5.6, 1500, 0.085)

// ---------------------------------------------------------------- the stucco house next door
difference {
  box { <2.95, 0, 0.0> <9, 6.4, 0.4> }
  box { <3.58, 1.12, -1> <4.52, 2.62, 1> }
  box { <3.58, 3.72, -1> <4.52, 5.14, 1> }
  texture { T_Stucco }
}
box { <2.95, 0, -0.04> <9, 0.55, 0.1> texture { T_Stone translate 9 } }
box { <2.95, 3.28, -0.05> <9, 3.42, 0.1> texture { T_Stone translate 12 } }
#declare I = 0;
#while (I < 2)
  #declare Yw = (I ? 3.72 : 1.12); #declare Hw = (I ? 1.42 : 1.50);
  SashWindow(3.58, Yw, 0.94, Hw, 0.82)
  Sill(3.58, 4.52, Yw)
  union {  // stone surround
    box { <3.48, Yw, -0.03> <3.58, Yw + Hw + 0.12, 0.1> }
    box { <4.52, Yw, -0.03> <4.62, Yw + Hw + 0.12, 0.1> }
    box { <3.58, Yw + Hw, -0.03> <4.52, Yw + Hw + 0.12, 0.1> }
    texture { T_Stone translate 5 }
  }
  object { Shutter(0.44, Hw - 0.02, <0.09, 0.24, 0.30>) rotate y * 3 translate <3.03, Yw + 0.01, -0.075> }
  object { Shutter(0.44, Hw - 0.02, <0.09, 0.24, 0.30>) rotate y * -3 translate <4.64, Yw + 0.01, -0.05> }
  #declare I = I + 1;
#end
FlowerBox(3.62, 4.48, 1.13, -0.14, <0.70, 0.40, 0.62>)

union {  // street sign, white on blue enamel
  superellipsoid { <0.08, 0.05> scale <0.56, 0.145, 0.008> texture { pigment { rgb <0.012, 0.045, 0.24> } finish { diffuse 0.8 specular 0.6 roughness 0.005 reflection { 0.02, 0.3 falloff 4 } } } }
  difference {
    box { <-0.535, -0.122, -0.012> <0.535, 0.122, -0.006> }
    box { <-0.522, -0.109, -1> <0.522, 0.109, 1> }
    texture { pigment { rgb 0.82 } finish { diffuse 0.85 } }
  }
  object { Words("LINDEN LANE", Sans, 0.134, 0.05) translate <0, 0, -0.0125> texture { pigment { rgb 0.82 } finish { diffuse 0.85 } } }
  translate <3.80, 3.02, -0.03>
}

// Railing on a stone kerb, a clipped hedge behind it.
box { <3.10, 0, -0.92> <9, 0.16, -0.74> texture { T_Stone translate 6 } }
object { Railing(3.4, 0.92, 0.115) translate <3.14, 0.16, -0.83> }
union {
  #declare I = 0;
  #while (I < 3200)
    Leaf(1, 0.075, <Rnd(3.12, 5.2), pow(rand(R), 0.6) * 0.72 + 0.1, -0.38 + Rnd(-0.24, 0.10)>, Rnd(-70, 40), 180 + Rnd(-90, 90))
    #declare I = I + 1;
  #end
  box { <3.2, 0, -0.5> <6, 0.74, -0.1> texture { pigment { rgb <0.02, 0.035, 0.01> } } }
}

// ---------------------------------------------------------------- on the pavement
union {
  Bench(1.55)
  #declare KnitPath = array[8];
  #declare KnitPath[0] = <-0.262, 0.13>; #declare KnitPath[1] = <-0.258, 0.44>; #declare KnitPath[2] = <-0.225, 0.475>;
  #declare KnitPath[3] = <0.17, 0.478>; #declare KnitPath[4] = <0.205, 0.53>; #declare KnitPath[5] = <0.298, 0.90>;
  #declare KnitPath[6] = <0.335, 0.945>; #declare KnitPath[7] = <0.385, 0.60>;
  Knit(KnitPath, 8, 0.60, 20, 0.032, 0.026)
  rotate y * 3
  translate <-1.62, 0, -1.05>
}
union {
  object { Tablecloth(0.33, 0.30, 0.036, <0.10, 0.20, 0.48>) translate y * 0.745 }
  cylinder { <0, 0, 0> <0, 0.74, 0>, 0.022 texture { T_Iron } }
  cylinder { <0, 0.72, 0> <0, 0.742, 0>, 0.325 texture { T_Iron } }
  cone { <0, 0, 0>, 0.24 <0, 0.05, 0>, 0.03 texture { T_Iron } }
  union {  // a cup on its saucer, and a small vase
    difference { cone { 0, 0.026 <0, 0.062, 0>, 0.042 } cone { <0, 0.008, 0>, 0.022 <0, 0.063, 0>, 0.038 } }
    torus { 0.02, 0.005 rotate x * 90 translate <0.05, 0.033, 0> }
    cone { <0, -0.006, 0>, 0.04 <0, 0.004, 0>, 0.075 }
    translate <0.13, 0.756, -0.12>
    texture { pigment { rgb <0.82, 0.81, 0.78> } finish { diffuse 0.8 specular 0.5 roughness 0.01 reflection { 0.02, 0.3 falloff 4 } } }
  }
  cylinder { <0.155, 0.80, -0.14> <0.10, 0.802, -0.10>, 0.001 texture { T_Steel } }
  object { Pot(0.06, 0.10) translate <-0.06, 0.746, 0.05> }
  Bush(<-0.06, 0.89, 0.05>, <0.085, 0.075, 0.085>, 140, 0, 0.05)
  #declare I = 0;
  #while (I < 8)
    Geranium(<-0.06 + Rnd(-0.08, 0.08), 0.93 + Rnd(-0.02, 0.06), 0.05 + Rnd(-0.09, 0.05)>, Rnd(0.02, 0.03), <0.80, 0.36, 0.08>)
    #declare I = I + 1;
  #end
  translate <-3.02, 0, -1.75>
}
object { BistroChair() rotate y * -75 translate <-2.38, 0, -1.58> }
object { BistroChair() rotate y * 100 translate <-3.72, 0, -1.55> }

#macro BayTree(P)
  union {
    object { Pot(0.19, 0.34) }
    cylinder { <0, 0.2, 0> <0.01, 1.0, 0>, 0.018 texture { T_Wood } }
    Bush(<0, 1.24, 0>, <0.29, 0.29, 0.29>, 1500, 1, 0.085)
    translate P
  }
#end
BayTree(<0.40, 0, -0.42>)
BayTree(<1.95, 0, -0.42>)

union {  // the chalk board
  #declare I = 0;
  #while (I < 2)
    union {
      box { <-0.31, 0, -0.012> <0.31, 0.98, 0.012> texture { pigment { bozo color_map { [0 rgb 0.022] [1 rgb 0.04] } scale 0.2 } finish { diffuse 0.9 } } }
      object { Lattice(0.66, 1.02, 1, 1, 0.045, 0, 0.04) translate <-0.33, -0.02, -0.022> texture { T_Wood rotate z * 90 } }
      #if (I = 0)
        union {
          object { Words("TODAY", Sans, 0.128, 0.06) translate <0, 0.82, -0.016> }
          box { <-0.18, 0.735, -0.014> <0.18, 0.743, -0.01> }
          object { Words("apple tart", Script, 0.098, 0) translate <0, 0.635, -0.016> }
          object { Words("3.20", Sans, 0.105, 0) translate <0, 0.515, -0.016> }
          object { Words("espresso", Script, 0.104, 0) translate <0, 0.375, -0.016> }
          object { Words("1.90", Sans, 0.105, 0) translate <0, 0.255, -0.016> }
          texture { pigment { bozo color_map { [0 rgb 0.55] [0.4 rgb 0.8] [1 rgb 0.85] } scale 0.012 } finish { diffuse 0.85 } }
        }
      #end
      rotate x * (I ? -14 : 14) translate <0, 0, (I ? 0.25 : -0.25)>
    }
    #declare I = I + 1;
  #end
  rotate y * 9
  translate <0.78, 0.02, -2.10>
}

object { Bicycle(<0.05, 0.22, 0.20>) rotate x * 8 translate <2.12, 0, -1.16> }

// ---------------------------------------------------------------- paving: slabs in broken courses, setts, kerb, road
#declare Grime = texture {
  pigment { bozo turbulence 0.8 octaves 5 color_map { [0 rgbt <0.10, 0.09, 0.07, 0.55>] [0.4 rgbt <0.12, 0.11, 0.09, 0.92>] [1 rgbt 1] } scale <0.8, 1, 0.5> }
  finish { diffuse 0.85 }
}
#declare Z = -2.75;
#declare Row = 0;
#while (Z < 0)
  #declare Depth = (mod(Row, 3) = 1 ? 0.30 : 0.42);
  #declare X = -6 - Rnd(0, 0.6);
  #while (X < 10)
    #declare W = Rnd(0.38, 0.72);
    #declare Tone = Rnd(0.27, 0.50);
    superellipsoid {
      <0.035, 0.035> scale <W / 2 - 0.005, 0.03, Depth / 2 - 0.005>
      rotate <Rnd(-0.3, 0.3), 0, Rnd(-0.3, 0.3)>
      translate <X + W / 2, -0.03 + Rnd(-0.0025, 0.0025), Z + Depth / 2>
      texture {
        pigment { granite color_map { [0 rgb <0.74, 0.71, 0.66> * Tone] [0.6 rgb <1, 0.96, 0.90> * Tone] [1 rgb <1.18, 1.12, 1.02> * Tone] } scale 0.4 translate <X, 0, Z> * 5 }
        normal { granite 0.10 scale 0.1 }
        finish { diffuse 0.85 specular 0.05 roughness 0.05 }
      }
      texture { Grime }
    }
    #declare X = X + W;
  #end
  #declare Z = Z + Depth;
  #declare Row = Row + 1;
#end
plane { y, -0.02 texture { pigment { rgb <0.20, 0.18, 0.15> } normal { granite 0.3 scale 0.03 } finish { diffuse 0.85 } } }
#declare X = -6;
#while (X < 8)
  #declare K = 0;
  #while (K < 2)
    #declare Tone = Rnd(0.20, 0.34);
    superellipsoid {
      <0.25, 0.35> scale <0.056, 0.06, 0.052> rotate <Rnd(-3, 3), Rnd(-4, 4), Rnd(-3, 3)> translate <X + K * 0.03, -0.055, -2.82 - K * 0.112>
      texture { pigment { granite color_map { [0 rgb Tone * 0.7] [1 rgb Tone * <1.2, 1.17, 1.12>] } scale 0.08 translate X } finish { diffuse 0.85 specular 0.15 roughness 0.03 } }
    }
    #declare K = K + 1;
  #end
  #declare X = X + 0.119;
#end
box { <-9, -0.3, -3.2> <12, 0, -3.0> texture { T_Stone scale 2 } }

// Fallen leaves.
#declare I = 0;
#while (I < 70)
  object { RoundLeaf rotate z * Rnd(-20, 20) rotate y * Rnd(0, 360) scale Rnd(0.05, 0.085) translate <Rnd(-4, 4.5), 0.012, Rnd(-2.7, -0.3)>
    texture { pigment { rgb <0.50, 0.33, 0.06> * Rnd(0.5, 1.1) } finish { diffuse 0.7, 0.2 } } }
  #declare I = I + 1;
#end

// ---------------------------------------------------------------- linden branches: one in the picture, others for their shade
Twig(InFrame(1.15, 1.15, 4.6), InFrame(0.42, 0.80, 4.9), 17, 9, 0.085)
Twig(InFrame(1.20, 0.95, 4.3), InFrame(0.72, 0.62, 4.6), 14, 9, 0.085)
Twig(InFrame(1.10, 1.30, 5.2), InFrame(0.20, 1.02, 5.6), 15, 9, 0.085)
#declare ShadeFrom = <-3.7, 4.7, 0> + ToSun * 6.5;
union {
  #declare I = 0;
  #while (I < 1700)
    #declare D = vnormalize(<Rnd(-1, 1), Rnd(-1, 1), Rnd(-1, 1)>) * pow(rand(R), 0.45) * 1.5;
    Leaf(0, 0.13, ShadeFrom + D * <1, 0.9, 1>, Rnd(0, 80), Rnd(0, 360))
    #declare I = I + 1;
  #end
}

// ---------------------------------------------------------------- the other side of the street, seen only in the glass
union {
  #declare I = 0;
  #while (I < 7)
    #declare X = -18 + I * 6;
    #declare H = Rnd(6.5, 10);
    box { <X, 0, -21> <X + 5.9, H, -20> texture { pigment { rgb <0.42, 0.34, 0.27> * Rnd(0.7, 1.3) } finish { diffuse 0.8 } } }
    #declare J = 0;
    #while (J < 9)
      box { <X + 0.7 + mod(J, 3) * 1.8, 0.9 + floor(J / 3) * 2.9, -20.2> <X + 1.7 + mod(J, 3) * 1.8, 2.6 + floor(J / 3) * 2.9, -19.95>
        texture { pigment { rgb <0.05, 0.06, 0.07> } finish { diffuse 0.5 } } }
      #declare J = J + 1;
    #end
    #declare I = I + 1;
  #end
  no_shadow
}
