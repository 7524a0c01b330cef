<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Device</name>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
</context>
<context>
    <name>Duration</name>
    <message>
        <source>under a second</source>
        <translation>不到一秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
</context>
<context>
    <name>PictureFacts</name>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source> + transparency</source>
        <translation> + 透明度</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 bit %4 · %5</source>
        <translation>%1 × %2 · %3 位 %4 · %5</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Upscales pictures and compares before and after.</source>
        <translation>放大图片并对比前后效果。</translation>
    </message>
    <message>
        <source>pictures or folders to open</source>
        <translation>要打开的图片或文件夹</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::CompareView</name>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Drag to move, turn the wheel to zoom, hold the space bar to see the picture before</source>
        <translation>拖动可移动，滚轮可缩放，按住空格键查看放大前的图片</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::Comparison</name>
    <message>
        <source>Bicubic</source>
        <translation>双三次插值</translation>
    </message>
    <message>
        <source>Original pixels</source>
        <translation>原始像素</translation>
    </message>
    <message>
        <source>Lanczos</source>
        <translation>Lanczos 插值</translation>
    </message>
    <message>
        <source>%1 (to be computed)</source>
        <translation>%1（待计算）</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::EmptyPage</name>
    <message>
        <source>Drop pictures or folders here</source>
        <translation>将图片或文件夹拖放到此处</translation>
    </message>
    <message>
        <source>You will see what upscaling takes, time and memory, before anything runs.</source>
        <translation>开始之前，您会先看到放大所需的时间和内存。</translation>
    </message>
    <message>
        <source>Open pictures …</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Choose one or several pictures (Ctrl+O)</source>
        <translation>选择一张或多张图片 (Ctrl+O)</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Take a picture or files from the clipboard (Ctrl+V)</source>
        <translation>从剪贴板获取图片或文件 (Ctrl+V)</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::JobQueue</name>
    <message>
        <source>reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>paused at %1%</source>
        <translation>已暂停于 %1%</translation>
    </message>
    <message>
        <source>done, not saved yet</source>
        <translation>已完成，尚未保存</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::MainWindow</name>
    <message>
        <source>Pixel under the cursor</source>
        <translation>光标处的像素</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Reading a picture</source>
        <translation>正在读取图片</translation>
    </message>
    <message>
        <source>Queue finished: %1 done, %2 failed, %3 cancelled</source>
        <translation>队列已完成：%1 张成功，%2 张失败，%3 张取消</translation>
    </message>
    <message>
        <source>%1 cannot be shown: %2</source>
        <translation>无法显示 %1：%2</translation>
    </message>
    <message>
        <source>Saving … %1%</source>
        <translation>正在保存… %1%</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>已保存为 %1</translation>
    </message>
    <message>
        <source>Saving was cancelled</source>
        <translation>已取消保存</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>No models were found: choose a .safetensors file in the settings</source>
        <translation>未找到模型：请在设置中选择 .safetensors 文件</translation>
    </message>
    <message>
        <source>%1 – NaLaSR</source>
        <translation>%1 – NaLaSR</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>继续(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停(&amp;P)</translation>
    </message>
    <message>
        <source>x %1  y %2</source>
        <translation>x %1  y %2</translation>
    </message>
    <message>
        <source>%1    before %2    after %3</source>
        <translation>%1    之前 %2    之后 %3</translation>
    </message>
    <message>
        <source>&amp;Open …</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;folder …</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save &amp;as …</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Remove from the list</source>
        <translation>从列表中移除(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Upscale</source>
        <translation>放大(&amp;U)</translation>
    </message>
    <message>
        <source>Upscale &amp;all</source>
        <translation>全部放大(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>重试(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Split</source>
        <translation>分割对比(&amp;S)</translation>
    </message>
    <message>
        <source>Side &amp;by side</source>
        <translation>并排对比(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Result only</source>
        <translation>仅结果(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Flip before and after</source>
        <translation>切换前后(&amp;F)</translation>
    </message>
    <message>
        <source>Show the picture before; or hold the space bar (F5)</source>
        <translation>显示放大前的图片；也可按住空格键 (F5)</translation>
    </message>
    <message>
        <source>&amp;Divider follows the mouse</source>
        <translation>分割线跟随鼠标(&amp;D)</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大视图(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小视图(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation>实际大小(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Double size</source>
        <translation>两倍大小(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;List of pictures</source>
        <translation>图片列表(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Panel</source>
        <translation>侧边面板(&amp;P)</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>全屏(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Next picture</source>
        <translation>下一张(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous picture</source>
        <translation>上一张(&amp;P)</translation>
    </message>
    <message>
        <source>Pre&amp;ferences …</source>
        <translation>首选项(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;About NaLaSR</source>
        <translation>关于 NaLaSR(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>对比对象</translation>
    </message>
    <message>
        <source>Before:</source>
        <translation>之前：</translation>
    </message>
    <message>
        <source>Another picture …</source>
        <translation>其他图片…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>About NaLaSR</source>
        <translation>关于 NaLaSR</translation>
    </message>
    <message>
        <source>Upscales pictures as a whole, never in tiles, in an amount of memory that is known before.

Build: %1, %2
Qt %3
WebP, TIFF, BMP (OpenCV): %4
CMYK and colour profiles (Little CMS): %5
CUDA: %6

MIT licence</source>
        <translation>对整张图片进行放大，从不分块，所需内存事先已知。

构建：%1，%2
Qt %3
WebP、TIFF、BMP (OpenCV)：%4
CMYK 与颜色配置文件 (Little CMS)：%5
CUDA：%6

MIT 许可证</translation>
    </message>
    <message>
        <source>Open pictures</source>
        <translation>打开图片</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.jp2 *.pgm *.ppm *.pnm);;All files (*)</source>
        <translation>图片 (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.jp2 *.pgm *.ppm *.pnm);；所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard</source>
        <translation>剪贴板中没有图片</translation>
    </message>
    <message>
        <source>clipboard</source>
        <translation>剪贴板</translation>
    </message>
    <message>
        <source>Save the result</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp);;TIFF (*.tif *.tiff);;BMP (*.bmp);;All files (*)</source>
        <translation>PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp);;TIFF (*.tif *.tiff);;BMP (*.bmp);；所有文件 (*)</translation>
    </message>
    <message>
        <source>“%1” is no format that can be written: use png, jpg, webp, tif or bmp</source>
        <translation>无法写入“%1”格式：请使用 png、jpg、webp、tif 或 bmp</translation>
    </message>
    <message>
        <source>The original is never overwritten: choose another name</source>
        <translation>绝不覆盖原图：请另选文件名</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Models (*.safetensors)</source>
        <translation>模型 (*.safetensors)</translation>
    </message>
    <message>
        <source>%1 is no model: %2</source>
        <translation>%1 不是模型：%2</translation>
    </message>
    <message>
        <source>Work is in progress.</source>
        <translation>有任务正在进行。</translation>
    </message>
    <message>
        <source>Closing cancels it. No partial files are left.</source>
        <translation>关闭将取消任务，不会留下不完整的文件。</translation>
    </message>
    <message>
        <source>There are results that were not saved.</source>
        <translation>有结果尚未保存。</translation>
    </message>
    <message>
        <source>Closing throws them away.</source>
        <translation>关闭后这些结果将丢失。</translation>
    </message>
    <message>
        <source>Close all the same</source>
        <translation>仍然关闭</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>留下</translation>
    </message>
    <message>
        <source>%1 has a result that was not saved.</source>
        <translation>%1 有尚未保存的结果。</translation>
    </message>
    <message>
        <source>Removing it from the list throws the result away.</source>
        <translation>从列表中移除将丢失该结果。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Nothing new to compare with: cancelled</source>
        <translation>没有新的对比图：已取消</translation>
    </message>
    <message>
        <source>Nothing new to compare with: %1</source>
        <translation>没有新的对比图：%1</translation>
    </message>
    <message>
        <source>What the result is compared with: an interpolation, an earlier result, the result of another model (made when you choose it), or any picture</source>
        <translation>与结果对比的内容：插值、先前的结果、另一个模型的结果（选择时才计算）或任意图片</translation>
    </message>
    <message>
        <source>Choose that again when this picture is done</source>
        <translation>请在此图片完成后再次选择</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::MemoryBars</name>
    <message>
        <source>Memory compared with other methods</source>
        <translation>与其他方法的内存对比</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>computed</source>
        <translation>计算值</translation>
    </message>
    <message>
        <source>Lengths are logarithmic: each grid line is ten times the one before.</source>
        <translation>长度为对数刻度：每条网格线是前一条的十倍。</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::MemoryChart</name>
    <message>
        <source>Memory during the run</source>
        <translation>运行期间的内存</translation>
    </message>
    <message>
        <source>%1 in use, %2 predicted at most</source>
        <translation>已用 %1，预计最多 %2</translation>
    </message>
    <message>
        <source>main memory</source>
        <translation>主内存</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>显存</translation>
    </message>
    <message>
        <source>predicted peak %1</source>
        <translation>预计峰值 %1</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>上限 %1</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>GPU memory: %1 in use, %2 predicted at most; main memory: %3 in use</source>
        <translation>显存：已用 %1，预计最多 %2；主内存：已用 %3</translation>
    </message>
    <message>
        <source>predicted GPU peak %1</source>
        <translation>预计显存峰值 %1</translation>
    </message>
    <message>
        <source>GPU limit %1</source>
        <translation>显存上限 %1</translation>
    </message>
    <message>
        <source>%1 (far above)</source>
        <translation>%1（远高于图表）</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::PictureLoader</name>
    <message>
        <source>not enough memory to show the picture</source>
        <translation>内存不足，无法显示图片</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>首选项</translation>
    </message>
    <message>
        <source>Beside the picture</source>
        <translation>与原图相同的文件夹</translation>
    </message>
    <message>
        <source>Always in this folder:</source>
        <translation>始终保存到此文件夹：</translation>
    </message>
    <message>
        <source>Where results go</source>
        <translation>结果的保存位置</translation>
    </message>
    <message>
        <source>Output folder</source>
        <translation>输出文件夹</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Name of results</source>
        <translation>结果文件名</translation>
    </message>
    <message>
        <source>{name} is the picture&apos;s name, {scale} the factor, {model} the model, {width} and {height} the size, {date} today</source>
        <translation>{name} 为图片名称，{scale} 为倍数，{model} 为模型，{width} 和 {height} 为尺寸，{date} 为今天的日期</translation>
    </message>
    <message>
        <source>Example of a name</source>
        <translation>文件名示例</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>That of the picture</source>
        <translation>与原图相同</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Quality as a number</source>
        <translation>质量数值</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Quality (JPEG, WebP)</source>
        <translation>质量 (JPEG, WebP)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>What the system tells, else sRGB</source>
        <translation>由系统提供，否则为 sRGB</translation>
    </message>
    <message>
        <source>Colour profile of the screen</source>
        <translation>屏幕的颜色配置文件</translation>
    </message>
    <message>
        <source>Looks</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Screen profile</source>
        <translation>屏幕配置文件</translation>
    </message>
    <message>
        <source>ICC profiles (*.icc *.icm)</source>
        <translation>ICC 配置文件 (*.icc *.icm)</translation>
    </message>
    <message>
        <source>holiday.jpg</source>
        <translation>假期.jpg</translation>
    </message>
    <message>
        <source>%1 becomes %2.%3</source>
        <translation>%1 将变为 %2.%3</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::QueueDelegate</name>
    <message>
        <source>, %1 left</source>
        <translation>，剩余%1</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::QueuePanel</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Upscale all</source>
        <translation>全部放大</translation>
    </message>
    <message>
        <source>Upscale every picture of the list into the output folder (Ctrl+Shift+Return)</source>
        <translation>将列表中的所有图片放大到输出文件夹 (Ctrl+Shift+Return)</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>暂停或继续</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel the picture under way and all that wait</source>
        <translation>取消正在处理和等待中的所有图片</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try the chosen picture again</source>
        <translation>重试所选图片</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Take the chosen picture off the list (Del); the file stays</source>
        <translation>将所选图片移出列表 (Del)，文件会保留</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Folder, names, format and quality of the results</source>
        <translation>结果的文件夹、名称、格式和质量</translation>
    </message>
    <message>
        <source>State of the queue</source>
        <translation>队列状态</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n done</source>
        <translation>
            <numerusform> · %n 张完成</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n failed</source>
        <translation>
            <numerusform> · %n 张失败</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> · %n waiting</source>
        <translation>
            <numerusform> · %n 张等待</numerusform>
        </translation>
    </message>
    <message>
        <source>Finished in %1: %2 done, %3 failed, %4 cancelled</source>
        <translation>用时 %1：%2 张成功，%3 张失败，%4 张取消</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation>打开所在文件夹</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::ResultPanel</name>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Write the result by the output settings (Ctrl+S)</source>
        <translation>按输出设置写入结果 (Ctrl+S)</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>“Computed” bars are formulas for the same network and picture, not runs. Lengths are logarithmic.</source>
        <translation>“计算值”来自同一网络和图片的公式，并非实际运行。长度为对数刻度。</translation>
    </message>
    <message>
        <source>Memory of this run</source>
        <translation>本次运行的内存</translation>
    </message>
    <message>
        <source>The same picture by other methods</source>
        <translation>同一图片用其他方法</translation>
    </message>
    <message>
        <source>Save again …</source>
        <translation>再次保存…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>%1 × %2 in %3 · %4 on %5 (%6)</source>
        <translation>%1 × %2，用时 %3 · %4，%5 (%6)</translation>
    </message>
    <message>
        <source>Peak %1 measured, %2 predicted</source>
        <translation>峰值实测 %1，预计 %2</translation>
    </message>
    <message>
        <source>NaLaSR, this run</source>
        <translation>NaLaSR，本次运行</translation>
    </message>
    <message>
        <source>Same network, eager</source>
        <translation>同一网络，逐算子</translation>
    </message>
    <message>
        <source>Softmax, FlashAttention</source>
        <translation>Softmax，FlashAttention</translation>
    </message>
    <message>
        <source>Softmax, whole matrix</source>
        <translation>Softmax，完整矩阵</translation>
    </message>
    <message>
        <source>%1: peak %2 measured, %3 predicted</source>
        <translation>%1：峰值实测 %2，预计 %3</translation>
    </message>
    <message>
        <source>Main memory</source>
        <translation>主内存</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::RunPanel</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation>已用内存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop at once; no partial file stays behind (Esc)</source>
        <translation>立即停止，不会留下不完整的文件 (Esc)</translation>
    </message>
    <message>
        <source>Upscaling</source>
        <translation>正在放大</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>正在排队等待</translation>
    </message>
    <message>
        <source>Paused at %1%</source>
        <translation>已暂停于 %1%</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source> · measuring the pace …</source>
        <translation> · 正在测速…</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Go on where it stopped</source>
        <translation>从停止处继续</translation>
    </message>
    <message>
        <source>Stop computing for now; the memory stays taken</source>
        <translation>暂停计算，内存仍被占用</translation>
    </message>
    <message>
        <source>%1 in use</source>
        <translation>已用 %1</translation>
    </message>
    <message>
        <source>Upscaling with %1, to compare</source>
        <translation>正在用 %1 放大以供对比</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · 剩余%1</translation>
    </message>
    <message>
        <source>%1: %2 in use</source>
        <translation>%1：已用 %2</translation>
    </message>
    <message>
        <source>Main memory</source>
        <translation>主内存</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::SidePanel</name>
    <message>
        <source>Name of the picture</source>
        <translation>图片名称</translation>
    </message>
    <message>
        <source>About the picture</source>
        <translation>图片信息</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Size of the result</source>
        <translation>结果尺寸</translation>
    </message>
    <message>
        <source>Expected time</source>
        <translation>预计用时</translation>
    </message>
    <message>
        <source>Predicted peak memory</source>
        <translation>预计内存峰值</translation>
    </message>
    <message>
        <source>Does it fit?</source>
        <translation>是否放得下？</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>What it will take</source>
        <translation>所需资源</translation>
    </message>
    <message>
        <source>Upscale this picture (Ctrl+Return)</source>
        <translation>放大这张图片 (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>The network that upscales</source>
        <translation>用于放大的网络</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>How many times larger each side becomes</source>
        <translation>每条边放大的倍数</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>内存上限</translation>
    </message>
    <message>
        <source>The most a run may take, obeyed or refused beforehand; automatic: nine tenths of what is free</source>
        <translation>一次运行最多可用的内存，事先遵守或拒绝；自动：可用内存的九成</translation>
    </message>
    <message>
        <source> GiB</source>
        <translation> GiB</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>S&amp;cale</source>
        <translation>倍数(&amp;C)</translation>
    </message>
    <message>
        <source>Memory &amp;limit</source>
        <translation>内存上限(&amp;L)</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Another file …</source>
        <translation>其他文件…</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>No colour profile (shown as sRGB)</source>
        <translation>无颜色配置文件（按 sRGB 显示）</translation>
    </message>
    <message>
        <source>Profile: %1</source>
        <translation>配置文件：%1</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>未能完成：%1</translation>
    </message>
    <message>
        <source>Cancelled; no file was written.</source>
        <translation>已取消，未写入任何文件。</translation>
    </message>
    <message>
        <source>Upscale again</source>
        <translation>再次放大</translation>
    </message>
    <message>
        <source>Upscale</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>measuring this machine …</source>
        <translation>正在测试本机速度…</translation>
    </message>
    <message>
        <source>%1 at its peak</source>
        <translation>峰值 %1</translation>
    </message>
    <message>
        <source>✓ Fits: %1 may be taken</source>
        <translation>✓ 放得下：可用 %1</translation>
    </message>
    <message>
        <source>✗ Does not fit into %1: raise the limit, close other programs, or choose a smaller scale</source>
        <translation>✗ %1 放不下：请提高上限、关闭其他程序或选择较小的倍数</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>What computes: the graphics card where it is there, or the processor</source>
        <translation>用什么计算：显卡（如有）或处理器</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>设备(&amp;D)</translation>
    </message>
    <message>
        <source>Graphics card (GPU)</source>
        <translation>显卡（GPU）</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器（CPU）</translation>
    </message>
    <message>
        <source>%1 of the graphics card, %2 of main memory</source>
        <translation>显存 %1，主内存 %2</translation>
    </message>
    <message>
        <source>✓ Fits into the memory of the %1</source>
        <translation>✓ %1 的显存放得下</translation>
    </message>
</context>
<context>
    <name>nalasr::gui::WorkerProcess</name>
    <message>
        <source>the job could not be started: %1</source>
        <translation>无法启动任务：%1</translation>
    </message>
    <message>
        <source>the job ended unexpectedly (signal %1)</source>
        <translation>任务意外终止（信号 %1）</translation>
    </message>
    <message>
        <source>the system may have run out of memory: set a memory limit, or close other programs</source>
        <translation>系统可能内存不足：请设置内存上限或关闭其他程序</translation>
    </message>
    <message>
        <source>please report this, with the picture if you can</source>
        <translation>请报告此问题，如有可能请附上图片</translation>
    </message>
    <message>
        <source>the job ended without a result (code %1)</source>
        <translation>任务未产生结果（代码 %1）</translation>
    </message>
</context>
</TS>
