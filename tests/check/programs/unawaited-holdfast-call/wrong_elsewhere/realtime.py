from holdfast import Holdfast

hf = Holdfast()
